/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checks.c - what must hold: between the structs and asm/offsets.h when we
 * are compiled, between us and the linker when a program starts.
 */
#include "runtime.h"

#include <string.h>

#define same(number, expr)                                                     \
	_Static_assert((number) == (expr), #number " is not " #expr)

same(G_stackguard, offsetof(G, stackguard));
same(G_stackbase, offsetof(G, stackbase));
same(G_stacklo, offsetof(G, stacklo));
same(G_sched_sp, offsetof(G, sched) + offsetof(Gobuf, sp));
same(G_sched_pc, offsetof(G, sched) + offsetof(Gobuf, pc));
same(G_m, offsetof(G, m));
same(G_status, offsetof(G, status));
same(G_status_running, Grunning);
same(M_curg, offsetof(M, curg));
same(M_sigstack, offsetof(M, sigstack));
same(G_err, offsetof(G, err));
same(M_perrno, offsetof(M, perrno));
same(M_sigend, offsetof(M, sigend));
same(M_sched_sp, offsetof(M, sched) + offsetof(Gobuf, sp));
same(Stktop_oldbase, offsetof(Stktop, oldbase));
same(Stktop_oldsp, offsetof(Stktop, oldsp));
same(Stktop_oldguard, offsetof(Stktop, oldguard));
same(Stktop_oldlo, offsetof(Stktop, oldlo));
same(Stktop_guard, offsetof(Stktop, guard));
same(Stktop_lo, offsetof(Stktop, lo));
same(Stktop_next, offsetof(Stktop, next));
same(Stktop_nextroom, offsetof(Stktop, nextroom));
same(Stktop_slow, offsetof(Stktop, slow));
same(Gobuf_sp, offsetof(Gobuf, sp));
same(Gobuf_pc, offsetof(Gobuf, pc));

/* A word each, so that seam.h need not know Lock. */
same(sizeof(Lock), sizeof((seam_mutex){ 0 }.guard));
same(_Alignof(Lock), _Alignof(uint32_t));

/* Three cache lines, a block of mal's. */
_Static_assert(sizeof(G) <= 192, "a goroutine costs more than it did");
_Static_assert(offsetof(G, goid) == 64 && offsetof(G, name) < 128,
	       "what starts and ends a goroutine is in two of them");

_Static_assert(StackGuard >= StackSmall + StackNosplit,
	       "code without checks would leave the segment");
_Static_assert(StackGuard % 16 == 0, "a segment's parts are 16-aligned");
_Static_assert(sizeof(Stktop) % 16 == 0, "frames begin below the Stktop");
_Static_assert(StackMin - StackGuard - sizeof(Stktop) >= 848,
	       "the first segment holds a few frames");
_Static_assert(RoomGuard == NonSplitRoom + StackSmall,
	       "a small frame's callee has its room");
_Static_assert(StackBig >= 2 * NonSplitRoom,
	       "a segment for libc's callers holds more than one of them");

/* linkprobe calls libc: a linker that knows of it has widened its check. */
void checklink(void)
{
	extern const uint8_t linkprobe[];
	static const uint8_t check[] = { 0x64,	    0x48, 0x3b, 0x24, 0x25,
					 TCB_GUARD, 0,	  0,	0 };
	if (memcmp(linkprobe, check, sizeof(check)) != 0)
		return;
	print("seam: this program was linked by a linker that does not widen "
	      "calls into code\nwithout stack checks; a goroutine's first call "
	      "of libc could overrun its stack.\n"
	      "Link with -fuse-ld=gold or -fuse-ld=lld.\n");
	osexit(2);
}
