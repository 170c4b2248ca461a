/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unwind.c - exceptions on a goroutine's stack: what the unwinder is told at
 * a seam and at the stack's end (its "personality routines", Itanium C++ ABI,
 * exception handling, 1.3; named in asm/'s CFI), and what belongs to threads.
 *
 * On its way to a handler the unwinder stands on the segment that threw, and
 * at each seam that it passes the older segment becomes the newest. Until it
 * arrives sp is outside of that; nothing that runs meanwhile has checks. It
 * takes the handler's registers from where the frames saved them that it has
 * passed, so all segments are kept until then, as spare ones.
 */
#include "handling.h"

#include <unwind.h>

enum { RegRbp = 6 }; /* psABI, figure 3.36 */

_Unwind_Reason_Code seamunwound(int version, _Unwind_Action actions,
				uint64_t class, struct _Unwind_Exception *e,
				struct _Unwind_Context *ctx);
_Unwind_Reason_Code endunwound(int version, _Unwind_Action actions,
			       uint64_t class, struct _Unwind_Exception *e,
			       struct _Unwind_Context *ctx);
extern Handling *__cxa_get_globals(void) __attribute__((weak));

Handling *threadhandling(void)
{
	return __cxa_get_globals ? __cxa_get_globals() : NULL;
}

static __attribute__((noinline)) int leavehandling(void (*fn)(G *gp))
{
	Handling none = { NULL, 0 }, *threads = getm()->handling;
	Handling mine = *threads;
	*threads = none;
	mcall(fn);
	*getm()->handling = mine;
	return 0;
}

/* Not split, for it has no frame: whoever parks has come this far. */
NOSPLIT int leave(void (*fn)(G *gp))
{
	return handling(getm()) ? leavehandling(fn) : mcall(fn);
}

/* Of __morestack: in the second phase frames are left for good. */
NOSPLIT _Unwind_Reason_Code seamunwound(int version, _Unwind_Action actions,
					uint64_t class,
					struct _Unwind_Exception *e,
					struct _Unwind_Context *ctx)
{
	(void)version;
	(void)class;
	(void)e;
	if (!(actions & _UA_CLEANUP_PHASE)
	    || _Unwind_GetIP(ctx) != (uintptr_t)retfromnewstack)
		return _URC_CONTINUE_UNWIND;
	G *gp = getg();
	stackunwind(gp, _Unwind_GetGR(ctx, RegRbp));
	setguard(gp->stackguard);
	return _URC_CONTINUE_UNWIND;
}

/* Of gostart and mstart, which no handler's frame lies behind. */
NOSPLIT _Unwind_Reason_Code endunwound(int version, _Unwind_Action actions,
				       uint64_t class,
				       struct _Unwind_Exception *e,
				       struct _Unwind_Context *ctx)
{
	(void)version;
	(void)class;
	(void)e;
	(void)ctx;
	if (actions & _UA_FORCE_UNWIND)
		throw("pthread_exit or pthread_cancel would end a thread\n"
		      "that goroutines share; a goroutine ends by seam_exit");
	return _URC_CONTINUE_UNWIND;
}
