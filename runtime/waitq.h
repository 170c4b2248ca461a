/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waitq.h - queues of those who wait: in a channel, for a lock, for an event.
 * The object's Lock is held around each of these but readyall().
 */
#ifndef WAITQ_H
#define WAITQ_H

#include "park.h"

#include <errno.h>

static inline void enqueue(Waitq *q, Waiter *w)
{
	w->next = NULL;
	w->prev = q->last;
	if (q->last)
		q->last->next = w;
	else
		q->first = w;
	q->last = w;
	w->queued = true;
}

/* In front of all others: for one who waits on. */
static inline void enqueuefirst(Waitq *q, Waiter *w)
{
	w->prev = NULL;
	w->next = q->first;
	if (q->first)
		q->first->prev = w;
	else
		q->last = w;
	q->first = w;
	w->queued = true;
}

static inline void dequeue(Waitq *q, Waiter *w)
{
	if (w->prev)
		w->prev->next = w->next;
	else
		q->first = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		q->last = w->prev;
	w->queued = false;
}

/*
 * The longest waiting whose wait is ours to end; NULL: nobody. Those whose
 * wait has ended otherwise stay until they leave the queue themselves: they
 * will come back to the object, which must not be freed before.
 */
static inline Waiter *take(Waitq *q)
{
	Waiter *w = q->first;
	while (w && !claim(w->g, w->wait))
		w = w->next;
	if (w)
		dequeue(q, w);
	return w;
}

/* Take all, for readyall(): a list through next. OUTCOME is theirs. */
static inline Waiter *takeall(Waitq *q, enum outcome outcome)
{
	Waiter *list = NULL, **end = &list;
	for (Waiter *w = q->first, *next; w; w = next) {
		next = w->next;
		if (!claim(w->g, w->wait))
			continue;
		dequeue(q, w);
		w->outcome = outcome;
		w->next = NULL;
		*end = w;
		end = &w->next;
	}
	return list;
}

/*
 * Make those in LIST runnable, when the object's Lock has been released: the
 * first of them may free the object.
 */
static inline void readyall(Waiter *list)
{
	for (Waiter *next; list; list = next) {
		next = list->next;
		ready(list->g);
	}
}

/*
 * Waits that seam_cancel() can end: wait.c says how.
 */

/*
 * beginwait(), and let seam_cancel() end this wait. L is, of the Locks that
 * the wait holds and releases when it has left its stack, the last.
 */
static inline uint64_t beginwaiting(G *gp, Lock *l)
{
	gp->waitlock = l;
	uint64_t wait = beginwait(gp);
	lightfence();
	return wait;
}

/* Whether GP has been cancelled: then there is no wait. Before parking. */
static inline bool givenup(G *gp, uint64_t wait)
{
	if (!cancelled(gp) || !claim(gp, wait))
		return false;
	gp->waitlock = NULL;
	return true;
}

/* After it. What it failed with, if nobody has ended it by an outcome. */
static inline int endwaiting(G *gp)
{
	gp->waitlock = NULL;
	return gp->timedout ? ETIMEDOUT : ECANCELED;
}

/* Leave Q without having waited; L is held. */
static inline int stay(Lock *l, Waitq *q, Waiter *w, int e)
{
	dequeue(q, w);
	unlock(l);
	return e;
}

/* What W came to; if it was not woken out of Q it leaves Q, failing with E. */
static inline int outcome(Lock *l, Waitq *q, Waiter *w, int e)
{
	if (w->outcome != Nothing)
		return w->outcome == Done ? 0 : EPIPE;
	lock(l);
	if (w->queued)
		dequeue(q, w);
	unlock(l);
	return e;
}

/*
 * Wait in Q, where the caller has put W, for somebody who takes W out, claims
 * it and writes its outcome; L guards Q, is held by the caller and released
 * meanwhile. Return 0, EPIPE (Closed), ETIMEDOUT or ECANCELED; W is in the
 * queue no more.
 */
static ALWAYS_INLINE int await(Lock *l, Waitq *q, Waiter *w, const char *reason,
			       void *waiton, int64_t deadline)
{
	G *gp = self();
	if (gone(deadline))
		return stay(l, q, w, ETIMEDOUT);
	w->g = gp;
	w->wait = beginwaiting(gp, l);
	w->outcome = Nothing;
	if (givenup(gp, w->wait))
		return stay(l, q, w, ECANCELED);
	park(l, reason, waiton, deadline);
	return outcome(l, q, w, endwaiting(gp));
}

/* The same, but seam_cancel() does not end it. */
static inline int awaitsurely(Lock *l, Waitq *q, Waiter *w, const char *reason,
			      void *waiton, int64_t deadline)
{
	G *gp = self();
	if (gone(deadline))
		return stay(l, q, w, ETIMEDOUT);
	w->g = gp;
	w->wait = beginwait(gp);
	w->outcome = Nothing;
	park(l, reason, waiton, deadline);
	return outcome(l, q, w, ETIMEDOUT);
}

/* Wait for nothing but DEADLINE. Return ETIMEDOUT, or ECANCELED. */
int rest(const char *reason, int64_t deadline);

#endif
