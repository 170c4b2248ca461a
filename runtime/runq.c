/* SPDX-License-Identifier: BSD-2-Clause */
/* runq.c - the slow half of runq.h: growing, and taking from another M. */
#include "runq.h"

enum {
	RunqMin = 256,
	StealMost = 128, /* at a time */
	Patience = 1000, /* pauses before a thief gives up */
};

static NOSPLIT void *yieldcall(void *arg)
{
	osyield();
	return arg;
}

static bool thief(M *mp)
{
	return __atomic_load_n(&mp->thief, __ATOMIC_ACQUIRE) & Thief;
}

/* With inrunq set: somebody is in our queue, or about to be; or Fenced. */
void runqwait(M *mp)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (int i = 0; thief(mp); i++) {
		runqleave(mp);
		while (thief(mp)) {
			__builtin_ia32_pause();
			if (++i % Patience == 0)
				systemstack(yieldcall, NULL);
		}
		__atomic_store_n(&mp->inrunq, 1, __ATOMIC_SEQ_CST);
	}
}

/* What `thief` is when there is none. */
static uint32_t unoccupied(void)
{
	return sched.fenced ? Fenced : 0;
}

bool runqinit(M *mp)
{
	mp->runq = mal(RunqMin * sizeof(G *));
	mp->runqmask = RunqMin - 1;
	mp->thief = unoccupied();
	return mp->runq != NULL;
}

bool runqgrow(M *mp)
{
	uint32_t mask = mp->runqmask, twice = 2 * mask + 1;
	G **q = gmal(((uint64_t)twice + 1) * sizeof(G *));
	if (!q)
		return false;
	for (uint32_t i = mp->runqhead; i != mp->runqtail; i++)
		q[i & twice] = mp->runq[i & mask];
	gmfree(mp->runq);
	mp->runq = q;
	mp->runqmask = twice;
	return true;
}

static void leavequeue(M *victim)
{
	__atomic_store_n(&victim->thief, unoccupied(), __ATOMIC_RELEASE);
}

/* Enter the queue of another M. False: it is busy just now. */
static bool enter(M *victim)
{
	uint32_t no = unoccupied();
	if (!__atomic_compare_exchange_n(&victim->thief, &no, no | Thief, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return false;
	oswritebarrier();
	for (int i = 0; i < Patience; i++) {
		if (!__atomic_load_n(&victim->inrunq, __ATOMIC_ACQUIRE))
			return true;
		__builtin_ia32_pause();
	}
	leavequeue(victim);
	return false;
}

uint32_t runqsteal(M *mp, M *victim)
{
	G *taken[StealMost];
	uint32_t n = 0;
	if (!enter(victim))
		return 0;
	uint32_t most = (runqlen(victim) + 1) / 2;
	while (n < most && n < StealMost)
		taken[n++] = runqfirst(victim);
	leavequeue(victim);

	/* Only now our own: two who steal from each other must not wait. */
	for (uint32_t i = 0; i < n; i++)
		runqput(mp, taken[i]);
	return n;
}
