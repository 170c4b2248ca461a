/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cond.c - waiting under a mutex until somebody says that something has
 * changed. The waiter is in the queue before it unlocks the mutex, so what
 * its holder says afterwards is not lost.
 */
#include "waitq.h"

static Lock *guardof(seam_cond *c)
{
	return (Lock *)&c->guard;
}

int seam_cond_wait(seam_cond *c, seam_mutex *m, int64_t deadline)
{
	Waiter w = { .g = NULL };
	int e = maywait(deadline);
	if (e)
		return seterr(e);
	if (!c || !m)
		return seterr(EINVAL);
	if (m->owner != self())
		return seterr(EPERM);
	if (gone(deadline))
		return seterr(ETIMEDOUT);
	lock(guardof(c));
	enqueue(&c->waiters, &w);
	letgo(m);
	e = await(guardof(c), &c->waiters, &w, "condition", c, deadline);
	locksurely(m);
	return result(e);
}

int seam_cond_signal(seam_cond *c)
{
	if (!self())
		return seterr(EPERM);
	if (!c)
		return seterr(EINVAL);
	lock(guardof(c));
	Waiter *w = take(&c->waiters);
	if (w)
		w->outcome = Done;
	unlock(guardof(c));
	if (w)
		ready(w->g);
	return 0;
}

int seam_cond_broadcast(seam_cond *c)
{
	if (!self())
		return seterr(EPERM);
	if (!c)
		return seterr(EINVAL);
	lock(guardof(c));
	Waiter *list = takeall(&c->waiters, Done);
	unlock(guardof(c));
	readyall(list);
	return 0;
}
