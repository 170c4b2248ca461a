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

/* Somebody is in our queue, or about to be. */
void runqwait(M *mp)
{
	for (int i = 0; __atomic_load_n(&mp->thief, __ATOMIC_ACQUIRE); i++) {
		runqleave(mp);
		while (__atomic_load_n(&mp->thief, __ATOMIC_ACQUIRE)) {
			__builtin_ia32_pause();
			if (++i % Patience == 0)
				systemstack(yieldcall, NULL);
		}
		__atomic_store_n(&mp->inrunq, 1, __ATOMIC_SEQ_CST);
	}
}

bool runqinit(M *mp)
{
	mp->runq = mal(RunqMin * sizeof(G *));
	mp->runqcap = RunqMin;
	return mp->runq != NULL;
}

bool runqgrow(M *mp)
{
	uint32_t cap = mp->runqcap;
	G **q = gmal(2 * (uint64_t)cap * sizeof(G *));
	if (!q)
		return false;
	for (uint32_t i = mp->runqhead; i != mp->runqtail; i++)
		q[i & (2 * cap - 1)] = mp->runq[i & (cap - 1)];
	gmfree(mp->runq);
	mp->runq = q;
	mp->runqcap = 2 * cap;
	return true;
}

/* Enter the queue of another M. False: it is busy just now. */
static bool enter(M *victim)
{
	uint32_t no = 0;
	if (!__atomic_compare_exchange_n(&victim->thief, &no, 1, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		return false;
	oswritebarrier();
	for (int i = 0; i < Patience; i++) {
		if (!__atomic_load_n(&victim->inrunq, __ATOMIC_ACQUIRE))
			return true;
		__builtin_ia32_pause();
	}
	__atomic_store_n(&victim->thief, 0, __ATOMIC_RELEASE);
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
	__atomic_store_n(&victim->thief, 0, __ATOMIC_RELEASE);

	/* Only now our own: two who steal from each other must not wait. */
	for (uint32_t i = 0; i < n; i++)
		runqput(mp, taken[i]);
	return n;
}
