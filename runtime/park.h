/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * park.h - waiting, where nothing but a switch is to be done.
 *
 * Inline up to gswitch: after a switch each return of a caller goes elsewhere
 * than the processor predicts, so there are to be few.
 */
#ifndef PARK_H
#define PARK_H

#include "handling.h"
#include "runq.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

/*
 * The number of the wait that the running goroutine GP is about to begin. It
 * goes into each queue that GP joins, for whoever wakes it to claim().
 */
static inline uint64_t beginwait(G *gp)
{
	uint64_t wait = (gp->wait | 1) + 1;
	__atomic_store_n(&gp->wait, wait, __ATOMIC_RELEASE);
	return wait;
}

/* The next in this M's queue, as long as nothing else is to be looked at. */
static inline G *next(M *mp)
{
	uint64_t n = mp->nswitch + 1;
	if (n >= mp->lookat || handling(mp))
		return NULL;
	G *gp = runqget(mp);
	if (gp)
		mp->nswitch = n;
	return gp;
}

static inline void setwait(G *gp, const char *reason, void *waiton)
{
	gp->waitreason = reason;
	gp->waiton = waiton;
	gp->waitsince = recentticks();
	gp->timedout = false;
}

/*
 * Wait. The caller has called beginwait() and holds L, which guards the queue
 * that will wake it, and is in that queue; L is released when the goroutine
 * no longer runs. REASON is a literal. Returns when ready() was called for
 * it, or with g->timedout set when DEADLINE came first. Whoever wakes must
 * win claim() before.
 */
static ALWAYS_INLINE void park(Lock *l, const char *reason, void *waiton,
			       int64_t deadline)
{
	M *mp = getm();
	G *to;

	/* A spare segment is to be given back, which takes g0. */
	if (!mp || deadline != INT64_MAX || mp->curg->stackbase->next
	    || !(to = next(mp))) {
		parkmany(releaselock, l, reason, waiton, deadline);
		return;
	}
	setwait(mp->curg, reason, waiton);
	gswitch(mp->curg, to, Gwaiting, &l->key, mp);
}

#endif
