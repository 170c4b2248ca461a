/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foreach.c - seam_foreach_stack(): where a collector is to look for pointers
 * that only goroutines, and the threads that run them, hold.
 */
#include "world.h"

enum { Nap = 50 * 1000 }; /* ns */

typedef struct Foreach {
	void (*fn)(const seam_stack *, void *);
	void *arg;
	uintptr_t sp; /* where the caller's registers lie, and all above */
	uintptr_t guard;
} Foreach;

static void tell(const Foreach *f, int64_t id, uintptr_t lo, uintptr_t hi)
{
	seam_stack range = { id, (void *)lo, (void *)hi, (void *)lo };
	f->fn(&range, f->arg);
}

/*
 * The guard is 0 on g0, but also for the few instructions before g0 is entered
 * and after it is left.
 */
static bool stoodong0(M *mp)
{
	return !mp->hold.guard
	       && !(mp->curg && stackhas(mp->curg, mp->hold.sp));
}

/* What the own stack of MP, which stands still, and its signal stack hold. */
static void tellmachine(const Foreach *f, M *mp)
{
	tell(f, 0, stoodong0(mp) ? mp->hold.sp : mp->sched.sp,
	     mp->hold.stackend);
	if (mp->hold.regs >= mp->sigstack && mp->hold.regs < mp->sigend)
		tell(f, 0, mp->hold.regs, mp->sigend);
}

static void tellgoroutine(const Foreach *f, G *gp)
{
	if (gp->status == Gidle || gp->status == Gdead)
		return;
	bool runs = gp->status == Grunning;
	stackranges(gp, runs ? gp->m->hold.sp : gp->sched.sp, f->fn, f->arg);
	uint64_t n;
	void **locals = localsof(gp, &n);
	if (locals)
		tell(f, gp->goid, (uintptr_t)locals, (uintptr_t)(locals + n));
}

static void tellall(const Foreach *f, const M *mine)
{
	for (M *mp = __atomic_load_n(&allm, __ATOMIC_ACQUIRE); mp;
	     mp = mp->alllink)
		if (mp == mine || mp->hold.state == Stopped)
			tellmachine(f, mp);
	for (G *gp = __atomic_load_n(&allg, __ATOMIC_ACQUIRE); gp;
	     gp = gp->alllink)
		tellgoroutine(f, gp);
}

static NOSPLIT void *foreach (void *arg)
{
	Foreach *f = arg;
	M *mine = getm();
	int e;
	while ((e = stopworld(INT64_MAX)) == EAGAIN)
		osnap(Nap);
	if (e)
		return (void *)(intptr_t)e;
	if (mine) {
		mine->hold.sp = f->sp;
		mine->hold.guard = f->guard;
		mine->hold.regs = 0;
	}
	tellall(f, mine);
	f->fn(NULL, f->arg);
	startworld();
	return NULL;
}

NOSPLIT int seam_foreach_stack(void (*fn)(const seam_stack *, void *),
			       void *arg)
{
	__builtin_unwind_init(); /* the registers of our callers lie here */
	Foreach f = { .fn = fn, .arg = arg, .guard = getguard() };
	__asm__ volatile("movq %%rsp, %0" : "=r"(f.sp));
	if (!fn)
		return seterr(EINVAL);
	return result((int)(intptr_t)systemstack(foreach, &f));
}
