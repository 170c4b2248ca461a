/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * runq.h - the queue of runnable goroutines that each M has.
 *
 * A ring of pointers, oldest at head, that grows by doubling. The owner puts
 * and takes at every switch, others come seldom; so the owner pays nothing: a
 * biased lock, by one flag each and no atomic instruction on the owner's side.
 *
 *	owner				another M
 *	inrunq = 1			thief: 0 -> 1 (atomic; else go away)
 *	thief? then wait		oswritebarrier()
 *	...				wait until inrunq is 0
 *	inrunq = 0			...; thief = 0
 *
 * The owner's store may become visible after its load: the processor swaps
 * them. The other one's barrier (membarrier(2), PRIVATE_EXPEDITED, Linux
 * 4.14) makes every running thread of the process pass a full barrier: an
 * owner that loaded `thief` before it has its store visible after it, one
 * that loads later sees the flag. Where the kernel has no such call, `thief`
 * is never 0: the owner's slow way has a barrier of its own.
 *
 * Who holds a queue takes no lock inside, so nobody waits long.
 */
#ifndef RUNQ_H
#define RUNQ_H

#include "runtime.h"

/* A set. */
enum thief {
	Thief = 1,  /* another M is in the queue, or waits to be */
	Fenced = 2, /* always: whoever enters needs a barrier */
};

/* Set inrunq; false: there is more to do, runqwait(). */
static inline bool runqset(M *mp)
{
	__atomic_store_n(&mp->inrunq, 1, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return __builtin_expect(!__atomic_load_n(&mp->thief, __ATOMIC_ACQUIRE),
				1);
}

static inline void runqleave(M *mp)
{
	__atomic_store_n(&mp->inrunq, 0, __ATOMIC_RELEASE);
}

/* False, and outside: another M may be in it just now. */
static inline bool runqtryenter(M *mp)
{
	if (runqset(mp))
		return true;
	runqleave(mp);
	return false;
}

static inline void runqenter(M *mp)
{
	if (!runqset(mp))
		runqwait(mp);
}

/* How many are in the queue; from another M only a hint. */
static inline uint32_t runqlen(M *mp)
{
	return __atomic_load_n(&mp->runqtail, __ATOMIC_RELAXED)
	       - __atomic_load_n(&mp->runqhead, __ATOMIC_RELAXED);
}

/* Whether MP has more than it will run at once. One that is not active, for
 * it came back late from a system call, may run none. */
static inline bool runqspare(M *mp)
{
	return runqlen(mp) > (mp->active ? 1 : 0);
}

/* Whether some of those whose events V has asked for last still wait. */
static inline bool hasevents(M *v)
{
	uint32_t n = __atomic_load_n(&v->runqcome, __ATOMIC_RELAXED)
		     - __atomic_load_n(&v->runqhead, __ATOMIC_RELAXED);
	return n && n <= runqlen(v); /* else it is long ago */
}

/* GP becomes the last, inside; there is room. */
static inline void runqlast(M *mp, G *gp)
{
	mp->runq[mp->runqtail & mp->runqmask] = gp;
	__atomic_store_n(&mp->runqtail, mp->runqtail + 1, __ATOMIC_RELAXED);
}

/* Put GP at the end, inside. False: no memory. */
static inline bool runqappend(M *mp, G *gp)
{
	if (__builtin_expect(runqlen(mp) > mp->runqmask, 0) && !runqgrow(mp))
		return false;
	runqlast(mp, gp);
	return true;
}

/*
 * What those use that are soon to run is far away when there are many: the
 * first lines of a G, then where it stands.
 */
static inline void runqfetch(M *mp)
{
	enum { Far = 4, Near = 2, Line = 64, Begins = 2 * Line };
	enum { Returns = 5 * Line }; /* through what it waited in */
	if (runqlen(mp) <= Far)
		return;
	char *g = (char *)mp->runq[(mp->runqhead + Far) & mp->runqmask];
	for (size_t i = 0; i < sizeof(G); i += Line)
		__builtin_prefetch(g + i, 1);
	G *gp = mp->runq[(mp->runqhead + Near) & mp->runqmask];
	size_t used = gp->wait ? Returns : Begins;
	for (size_t i = 0; i < used; i += Line)
		__builtin_prefetch((char *)gp->sched.sp + i, 1);
}

/* Take the oldest, inside; there is one. */
static inline G *runqfirst(M *mp)
{
	runqfetch(mp);
	G *gp = mp->runq[mp->runqhead & mp->runqmask];
	__atomic_store_n(&mp->runqhead, mp->runqhead + 1, __ATOMIC_RELAXED);
	return gp;
}

/* Take the oldest of N, inside, and put GP at the end; N is not 0. */
static inline G *runqrotate(M *mp, G *gp, uint32_t n)
{
	G **oldest = &mp->runq[mp->runqhead & mp->runqmask], *first = *oldest;
	if (__builtin_expect(n == 1, 1)) { /* They change places. */
		*oldest = gp;
		return first;
	}
	__atomic_store_n(&mp->runqhead, mp->runqhead + 1, __ATOMIC_RELAXED);
	runqlast(mp, gp);
	return first;
}

/* False: no memory. */
static inline bool runqtryput(M *mp, G *gp)
{
	runqenter(mp);
	bool put = runqappend(mp, gp);
	runqleave(mp);
	return put;
}

/* Into the shared queue, which needs no memory, when this one cannot grow. */
static inline void runqput(M *mp, G *gp)
{
	if (__builtin_expect(!runqtryput(mp, gp), 0)) {
		gp->schedlink = NULL;
		readyshared(gp);
	}
}

/* NULL: empty. */
static inline G *runqget(M *mp)
{
	G *gp = NULL;
	if (!runqlen(mp))
		return NULL;
	runqenter(mp);
	if (runqlen(mp))
		gp = runqfirst(mp);
	runqleave(mp);
	return gp;
}

#endif
