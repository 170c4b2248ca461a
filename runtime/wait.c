/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wait.c - waiting that seam_cancel() can end.
 *
 * Whoever cancels is in no queue's business: it claims its victim's wait by
 * g->wait, as everybody does who wakes. But it must not make the victim
 * runnable before that one has left its stack, and others know that by
 * holding the object's Lock. So the victim leaves the Lock's address in
 * g->waitlock; whoever has claimed its wait can lock and unlock that, since
 * the victim, and so the object, stay until it is woken. See end.c.
 *
 * The victim says that it waits and then looks whether it is cancelled;
 * whoever cancels says so and then looks for a wait. With a fence (a light one
 * here, a heavy one in cancel()) between each one's saying and looking, one of
 * the two sees the other, and when both do, claim() lets one end the wait.
 */
#include "waitq.h"

int rest(const char *reason, int64_t deadline)
{
	G *gp = self();
	Lock l = { 0 };
	lock(&l);
	if (givenup(gp, beginwaiting(gp, &l)))
		return ECANCELED;
	park(&l, reason, NULL, deadline);
	lock(&l); /* The deadline may have come before park() released it. */
	return endwaiting(gp);
}

int seam_sleep(int64_t ns)
{
	int64_t deadline;
	int e = maywait(ns);
	if (e)
		return seterr(e);
	if (ns <= 0)
		return seam_yield();
	if (__builtin_add_overflow(seam_now(), ns, &deadline))
		deadline = INT64_MAX - 1;
	e = rest("sleep", deadline);
	return e == ETIMEDOUT ? 0 : seterr(e);
}
