/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asleep.c - nothing runs: is that the end? Of the process, where somebody
 * waits and nobody is left to wake him (deadlock); or of the runtime, where
 * seam_stop() waits for the last goroutine to end.
 *
 * Nobody is left when all Ms are idle, no deadline and no descriptor is waited
 * for, and each thread of the process that is not an M waits itself, without a
 * deadline, for something of ours. A thread that never called us may yet do
 * so: the kernel knows how many there are.
 */
#include "foreign.h"
#include "netpoll.h"
#include "waitq.h"

static Lock stoplock;
static Waitq stoppers;	  /* who waits in seam_stop(), */
static int32_t nstoppers; /* who is in it; under sched.lock */

/*
 * With sched.lock held
 */

static bool goroutinesleft(void)
{
	for (G *gp = allg; gp; gp = gp->alllink)
		if (gp->status != Gdead && gp->status != Gidle)
			return true;
	return false;
}

static bool machinesidle(void)
{
	return sched.nmidle == sched.nm && !sched.runqsize;
}

/* Who is in seam_stop() goes on, or is about to be woken. */
static bool stopping(void)
{
	return nstoppers && !goroutinesleft();
}

static bool waitsforthreads(void)
{
	return machinesidle() && !timerspending() && !fdswaiting()
	       && !sched.stopped && !stopping();
}

/*
 * Deadlock
 */

bool checkasleep(void)
{
	lockm(&sched.lock);
	bool only = waitsforthreads();
	bool dead = only && !threadsmayact();
	unlock(&sched.lock);
	if (dead)
		deadlock();
	return only;
}

/*
 * The end of the runtime
 */

/* If no goroutine is left there will be none. With stoplock held. */
static bool stopped(void)
{
	lockm(&sched.lock);
	bool may = machinesidle() && !goroutinesleft();
	if (may)
		stoplocked();
	unlock(&sched.lock);
	return may;
}

static void countstopper(int32_t n)
{
	lockm(&sched.lock);
	nstoppers += n;
	unlock(&sched.lock);
}

static int awaitstop(int64_t deadline)
{
	for (;;) {
		Waiter w;
		lock(&stoplock);
		/* First in the queue, then a look; idle() does it in turn. */
		enqueue(&stoppers, &w);
		if (stopped())
			return stay(&stoplock, &stoppers, &w, 0);
		int e = await(&stoplock, &stoppers, &w, "stop", NULL, deadline);
		if (e)
			return e;
	}
}

int stopatend(int64_t deadline)
{
	countstopper(1);
	int e = awaitstop(deadline);
	countstopper(-1);
	return e;
}

void wakestoppers(void)
{
	if (!__atomic_load_n(&stoppers.first, __ATOMIC_RELAXED))
		return;
	lock(&stoplock);
	Waiter *list = takeall(&stoppers, Done);
	unlock(&stoplock);
	readyall(list);
}
