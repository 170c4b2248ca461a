/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rwlock.c - many readers or one writer. rw->state is a number of readers and
 * two flags:
 *
 *	Written	rw->writer has it
 *	Waited	rw->waiters may not be empty
 *	Reader	one reader; so many times as there are
 *
 * While nobody waits, locking and unlocking are an atomic operation each. Who
 * cannot have it sets Waited and queues; from then on everybody queues, so
 * that a writer is not overtaken by readers, nor they by writers. Who unlocks
 * hands the lock to the first in the queue: a writer, or all readers before
 * the next writer.
 */
#include "waitq.h"

enum { Written = 1, Waited = 2, Reader = 4 };

static Lock *guardof(seam_rwlock *rw)
{
	return (Lock *)&rw->guard;
}

static uint32_t load(seam_rwlock *rw)
{
	return __atomic_load_n(&rw->state, __ATOMIC_ACQUIRE);
}

/* Make rw->state TO if it is *STATE; otherwise *STATE is read anew. */
static bool swap(seam_rwlock *rw, uint32_t *state, uint32_t to)
{
	return __atomic_compare_exchange_n(&rw->state, state, to, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Whether a writer, or a reader, can have it in STATE. */
static bool fits(uint32_t state, bool writes)
{
	uint32_t others = writes ? ~(uint32_t)Waited : Written;
	return !(state & others);
}

static uint32_t with(uint32_t state, bool writes)
{
	return state + (writes ? Written : Reader);
}

/* Have it at once, if nobody waits. */
static bool trytake(seam_rwlock *rw, G *gp, bool writes)
{
	uint32_t state = load(rw);
	while (!(state & Waited) && fits(state, writes))
		if (swap(rw, &state, with(state, writes))) {
			if (writes)
				rw->writer = gp;
			return true;
		}
	return false;
}

/* Have it, or set Waited so that who unlocks comes for us; guarded. */
static bool takeorask(seam_rwlock *rw, G *gp, bool writes)
{
	uint32_t state = load(rw);
	for (;;) {
		if (trytake(rw, gp, writes))
			return true;
		state = load(rw);
		if ((state & Waited) || !fits(state, writes))
			if (swap(rw, &state, state | Waited))
				return false;
	}
}

/* Hand it to those first in the queue who can have it; guarded. */
static Waiter *grant(seam_rwlock *rw)
{
	Waiter *list = NULL, *w;
	while ((w = rw->waiters.first) && fits(load(rw), w->writes)) {
		dequeue(&rw->waiters, w);
		if (!claim(w->g, w->wait))
			continue;
		if (w->writes)
			rw->writer = w->g;
		__atomic_fetch_add(&rw->state, with(0, w->writes),
				   __ATOMIC_ACQ_REL);
		w->outcome = Done;
		w->next = list;
		list = w;
	}
	if (!rw->waiters.first)
		__atomic_fetch_and(&rw->state, ~(uint32_t)Waited,
				   __ATOMIC_RELEASE);
	return list;
}

static void grantall(seam_rwlock *rw)
{
	lock(guardof(rw));
	Waiter *list = grant(rw);
	unlock(guardof(rw));
	readyall(list);
}

static int waitfor(seam_rwlock *rw, G *gp, bool writes, int64_t deadline)
{
	Waiter w = { .writes = writes };
	lock(guardof(rw));
	if (takeorask(rw, gp, writes)) {
		unlock(guardof(rw));
		return 0;
	}
	enqueue(&rw->waiters, &w);
	int e = await(guardof(rw), &rw->waiters, &w,
		      writes ? "rwlock write" : "rwlock read", rw, deadline);
	if (e)
		grantall(rw); /* to readers who waited behind us */
	return e;
}

static int get(seam_rwlock *rw, bool writes, int64_t deadline)
{
	int e = maywait(deadline);
	if (e)
		return e;
	if (!rw)
		return EINVAL;
	G *gp = self();
	if (trytake(rw, gp, writes))
		return 0;
	if (rw->writer == gp)
		return EDEADLK;
	return !gone(deadline) ? waitfor(rw, gp, writes, deadline) : ETIMEDOUT;
}

int seam_rdlock(seam_rwlock *rw, int64_t deadline)
{
	return result(get(rw, false, deadline));
}

int seam_wrlock(seam_rwlock *rw, int64_t deadline)
{
	return result(get(rw, true, deadline));
}

int seam_rwunlock(seam_rwlock *rw)
{
	G *gp = self();
	if (!gp)
		return seterr(EPERM);
	if (!rw)
		return seterr(EINVAL);
	bool writes = rw->writer == gp;
	if (!writes && load(rw) < Reader)
		return seterr(EPERM);
	if (writes)
		rw->writer = NULL;
	/* The last one out with somebody waiting lets them in. */
	uint32_t left = __atomic_sub_fetch(&rw->state, with(0, writes),
					   __ATOMIC_ACQ_REL);
	if (left == Waited)
		grantall(rw);
	return 0;
}
