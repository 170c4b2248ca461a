/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events.c - when the kernel is asked what has come for descriptors: by an M
 * that runs goroutines, as it looks around, and by the watcher, where those
 * that run are at it for too long between two looks. An M that sleeps in the
 * kernel's wait for events is idle.c's poller.
 */
#include "netpoll.h"
#include "runq.h"

/*
 * The watcher, when it looks, asks if nobody has for that long; where an M may
 * itself wait for a processor so long, for this.
 */
static const int64_t Neglect = 10 * SEAM_MS, NeglectCrowded = 30 * SEAM_MS;

/*
 * Whether MP is to ask for events now: once those have run that came before,
 * so that what the kernel looked at to tell of them was still in the caches;
 * and where processors are short, one that has nothing leaves it to others.
 */
static bool mayask(M *mp)
{
	if (!fdswaiting())
		return false;
	if (!runqlen(mp))
		return sched.nactive < 2 || !crowded();
	return !hasevents(mp);
}

void askevents(M *mp)
{
	G *list = mayask(mp) ? polled(0) : NULL;
	if (!list)
		return;
	readyhere(mp, list);
	mp->runqcome = mp->runqtail;
}

/* No M asks for events, though there may be some. */
static bool neglected(int64_t now)
{
	int64_t asked = __atomic_load_n(&sched.asked, __ATOMIC_RELAXED);
	if (!fdswaiting() || sched.poller || now - asked < Neglect)
		return false;
	return !crowded() || now - asked >= NeglectCrowded;
}

void askneglected(int64_t now)
{
	if (!neglected(now))
		return;
	notcrowded(now);
	G *list = polled(0);
	if (list)
		readyshared(list);
}
