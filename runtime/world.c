/* SPDX-License-Identifier: BSD-2-Clause */
/* world.c - see world.h. */
#include "world.h"
#include "trace.h"

#include <signal.h>
#include <ucontext.h>

enum {
	RedZone = 128, /* a leaf's, below sp (psABI 3.2.2) */
	Yields = 20,
	Nap = 50 * 1000, /* ns */
};

static struct World {
	int32_t owner; /* the thread that stops it; 0: none */
	bool stopped;  /* or about to be */
	int later;     /* a signal that waits for the world to start; 0: none */
	G *traced;
	sigset_t mask; /* the owner's, until it starts the world */
} world;

static void wait(int i)
{
	if (i < Yields)
		osyield();
	else
		osnap(Nap);
}

/*
 * Being stopped
 */

static uint32_t getstate(M *mp)
{
	return __atomic_load_n(&mp->hold.state, __ATOMIC_SEQ_CST);
}

static void setstate(M *mp, enum hold state)
{
	__atomic_store_n(&mp->hold.state, state, __ATOMIC_SEQ_CST);
}

/* MP, this M, stands still until it is let go. */
static void hold(M *mp)
{
	setstate(mp, Stopped);
	for (uint32_t is; (is = getstate(mp)) != Going && is != Asked;) {
		if (is == Stopped) {
			futexsleep(&mp->hold.state, Stopped, INT64_MAX);
			continue;
		}
		tracebackrunning(world.traced);
		setstate(mp, Stopped);
	}
}

static NOSPLIT void onstop(int sig, void *info, void *context)
{
	(void)sig, (void)info;
	M *mp = getm();
	ucontext_t *uc = context;
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
	if (!mp || getstate(mp) != Asked
	    || (sp >= mp->sigstack && sp < mp->sigend))
		return;
	int e = *mp->perrno;
	mp->hold.sp = sp - RedZone;
	mp->hold.guard = getguard();
	mp->hold.regs = (uintptr_t)__builtin_frame_address(0);
	setguard(0);
	hold(mp);
	setguard(mp->hold.guard);
	*mp->perrno = e;
}

void worldinit(void)
{
	ossignal(SIGURG, onstop);
}

void worldjoin(M *mp)
{
	osunblock(SIGURG);
	mp->hold.stackend = osstackend();
	__atomic_store_n(&mp->procid, osprocid(), __ATOMIC_SEQ_CST);
	/* Who reads procid later asks us; who has read it before has set this.
	 */
	while (__atomic_load_n(&world.stopped, __ATOMIC_SEQ_CST))
		osnap(Nap);
}

void worldleave(M *mp)
{
	__atomic_store_n(&mp->procid, 0, __ATOMIC_SEQ_CST);
}

/*
 * Stopping
 */

/* Whether MP stands still. It is asked to, if not. */
static bool ask(M *mp)
{
	uint32_t state = Going;
	int32_t procid = __atomic_load_n(&mp->procid, __ATOMIC_SEQ_CST);
	if (!procid)
		return true; /* has no thread, or waits in worldjoin() */
	__atomic_compare_exchange_n(&mp->hold.state, &state, Asked, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	if (state == Stopped)
		return true;
	return !ostell(procid, SIGURG); /* its thread has ended */
}

static M *first(void)
{
	return __atomic_load_n(&allm, __ATOMIC_ACQUIRE);
}

/* Whether all Ms but MINE stand still, and none has been added. */
static bool askall(const M *mine)
{
	bool all = true;
	M *newest = first();
	for (M *mp = newest; mp; mp = mp->alllink)
		if (mp != mine)
			all &= ask(mp);
	return all && first() == newest;
}

static void stopothers(int64_t patience)
{
	M *mine = getm();
	int64_t now = nanotime();
	int64_t end = patience < INT64_MAX - now ? now + patience : INT64_MAX;
	for (int i = 0; !askall(mine) && nanotime() < end; i++)
		wait(i);
}

int stopworld(int64_t patience)
{
	int32_t nobody = 0, me = osprocid();
	if (!osmine(SIGURG, onstop))
		return EBUSY;
	if (!__atomic_compare_exchange_n(&world.owner, &nobody, me, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return nobody == me ? EDEADLK : EAGAIN;
	osblock(&world.mask);
	__atomic_store_n(&world.stopped, true, __ATOMIC_SEQ_CST);
	stopothers(patience);
	return 0;
}

void startworld(void)
{
	sigset_t mask = world.mask;
	M *mine = getm();
	__atomic_store_n(&world.stopped, false, __ATOMIC_SEQ_CST);
	for (M *mp = first(); mp; mp = mp->alllink) {
		if (mp == mine)
			continue;
		setstate(mp, Going);
		futexwakeup(&mp->hold.state);
	}
	__atomic_store_n(&world.owner, 0, __ATOMIC_SEQ_CST);
	int sig = __atomic_exchange_n(&world.later, 0, __ATOMIC_SEQ_CST);
	if (sig)
		oskill(sig);
	ossigmask(&mask);
}

bool sendlater(int sig)
{
	__atomic_store_n(&world.later, sig, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&world.owner, __ATOMIC_SEQ_CST))
		return true;
	return !__atomic_exchange_n(&world.later, 0, __ATOMIC_SEQ_CST);
}

bool tracestopped(M *mp, G *gp)
{
	if (getstate(mp) != Stopped)
		return false;
	world.traced = gp;
	setstate(mp, Tracing);
	futexwakeup(&mp->hold.state);
	for (int i = 0; getstate(mp) == Tracing; i++)
		wait(i);
	return true;
}
