/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * idle.c - machines that have nothing to run: how they look for work, sleep,
 * are called, and look after those that run.
 *
 * At most sched.maxactive Ms are active: they may run goroutines. The others
 * are on the list of idle ones, or stuck in a system call. There is one idle
 * M more than could ever be active, so that one can always be the watcher:
 * while others run it wakes each millisecond, or each ten where no more may be
 * active and nothing waits behind one that runs, and looks
 *	- for timers that have come due,
 *	- for descriptors, if nobody else has done so for long,
 *	- for goroutines that wait behind one that runs on and on: it takes
 *	  them, if one more may be active;
 *	- for an M that sleeps in a system call while goroutines wait behind
 *	  it, or where no active M would find them (waiting()): it becomes
 *	  active in its place.
 * While all are idle it sleeps until the next deadline, like the others. From
 * that, and from the ten milliseconds, it must be woken when that is over
 * (sched.deep), so it first sleeps a short while, in case that happens often.
 *
 * While goroutines wait for descriptors one idle M, the poller, sleeps in the
 * kernel's wait for events and not on its futex, if it could be active when it
 * is woken. Those that run look for events too, in passing.
 *
 * No wake-up is lost. Who makes a goroutine runnable puts it into its queue
 * and then looks at sched.needy; who goes idle sets needy, passes a barrier
 * for all threads (runq.h), and looks at the queues once more.
 *
 * Calling a machine costs microseconds, so nobody is called for a goroutine
 * that its M will run next anyway: it takes two in the queue, or one that the
 * watcher has seen waiting.
 */
#include "netpoll.h"
#include "runq.h"

/* What an idle M remembers from one sleep to the next, as the watcher. */
typedef struct Watch {
	int64_t interval; /* how long it may sleep while others run */
	int64_t patience; /* or while threads of the program may act */
	uint64_t seen;	  /* sched.nactivated */
	bool behind;	  /* at the last look something waited behind one */
} Watch;

enum {
	/* How often it looks, in ns: what "runs on and on" means. */
	WatchLeast = 50 * 1000,
	WatchMost = 1000 * 1000,
	/* Or where no more may run, and nothing waits behind one that does: a
	 * wake-up is some 25 us of a processor's time on a virtual machine. */
	WatchFull = 10 * WatchMost,
	/* Or what it means where Ms wait for processors. */
	CrowdedWait = 10 * SEAM_MS,
	/* Of so many deadlines one wake-up serves what comes in 0.5 ms. */
	Crowd = 10000,
	Together = 500 * 1000,
};
static const int64_t PatienceMost = 60 * SEAM_S;

/* There is to be a watcher, while somebody runs. */
static void keepwatch(void)
{
	if (!sched.watcher && !knobs.stay)
		startmachine(true);
}

void wakeone(void)
{
	lockm(&sched.lock);
	M *mp = idlest();
	bool may = mp && !sched.nsearching && sched.nactive < sched.maxactive;
	if (may)
		activate(mp);
	unlock(&sched.lock);
	if (may)
		keepwatch();
}

void pokeidle(void)
{
	lockm(&sched.lock);
	M *mp = idlest();
	if (mp && !sched.poller)
		setwakeup(mp, Poked);
	unlock(&sched.lock);
}

void found(M *mp)
{
	lockm(&sched.lock);
	sched.nsearching -= mp->searching;
	mp->searching = false;
	setneedy();
	unlock(&sched.lock);
	/* What a poller was told of came by the shared queue, too. */
	if (sched.needy && runqlen(mp) && !crowded())
		wakeone();
}

void stoplocked(void)
{
	sched.stopped = true;
	sched.run += sched.run & 1;
	while (sched.midle)
		activate(sched.midle);
	for (M *mp = allm; mp; mp = mp->alllink)
		__atomic_store_n(&mp->lookat, 0, __ATOMIC_RELAXED);
}

void stop(void)
{
	lockm(&sched.lock);
	stoplocked();
	unlock(&sched.lock);
}

/*
 * The watcher
 */

/* If MP is still idle and one more may run, let it. */
static bool callself(M *mp)
{
	lockm(&sched.lock);
	bool may = mp->wakeup != Called && sched.nactive < sched.maxactive;
	if (may)
		activate(mp);
	unlock(&sched.lock);
	if (may)
		keepwatch();
	return may;
}

/* V sleeps in a system call: go on in its place, and it need not any more. */
static void replace(M *mp, M *v)
{
	lockm(&sched.lock);
	bool may = v->active && mp->wakeup != Called
		   && __atomic_load_n(&v->nswitch, __ATOMIC_RELAXED)
			      == v->seenswitch;
	if (may) {
		deactivate(v);
		__atomic_store_n(&v->lookat, 0, __ATOMIC_RELAXED);
		activate(mp);
	}
	unlock(&sched.lock);
	if (may)
		keepwatch();
}

/*
 * Whether something waits that is in no active M's queue: in the shared one,
 * behind an M that was replaced, or for a deadline that has come.
 */
static bool waiting(int64_t now)
{
	if (sched.runqsize || timers.next <= now)
		return true;
	for (M *v = allm; v; v = v->alllink)
		if (!v->active && runqlen(v))
			return true;
	return false;
}

/* Look after V; MORE: of waiting(). Whether MP is called by that. */
static bool watch(M *mp, Watch *w, M *v, int64_t now, bool more)
{
	if (!v->active)
		return false;
	if (!runson(v, &v->seenswitch)) {
		v->stucksince = now;
		return false;
	}
	if (crowded() && now - v->stucksince < CrowdedWait)
		return false;
	notcrowded(now); /* it asks for no events meanwhile */
	if (!more && !runqlen(v))
		return false;
	w->behind = true;
	if (callself(mp))
		return true;
	if (knobs.stay || !isstuck(v, now))
		return false;
	replace(mp, v);
	return mp->wakeup == Called;
}

/* MORE: of waiting(). */
static void watchall(M *mp, Watch *w, int64_t now, bool more)
{
	w->behind = false;
	for (M *v = allm; v; v = v->alllink)
		if (watch(mp, w, v, now, more))
			return;
	if (w->interval < WatchFull)
		w->interval *= 2;
}

/* When an idle M wakes by itself; after MOST at the latest. */
static int64_t sleepuntil(int64_t most)
{
	/* Those that run look at the timers; no more may run. */
	bool full = sched.nactive >= sched.maxactive;
	int64_t due = full ? INT64_MAX : timers.next;
	int64_t now = nanotime();
	if (timers.n > Crowd && due < INT64_MAX - Together)
		due += Together;
	return most < INT64_MAX - now && now + most < due ? now + most : due;
}

/* Whether the idle MP is to sleep where descriptors wake it. */
static bool startpoller(M *mp)
{
	lockm(&sched.lock);
	bool may = fdswaiting() && !sched.poller && mp->wakeup == Asleep
		   && sched.nactive < sched.maxactive
		   && (!sched.nactive || !crowded());
	if (may)
		sched.poller = mp;
	unlock(&sched.lock);
	return may;
}

static void endpoller(void)
{
	lockm(&sched.lock);
	sched.poller = NULL;
	if (sched.poked)
		pollwoken();
	sched.poked = false;
	unlock(&sched.lock);
}

/* Sleep until then, or something comes, or MP is called. */
static void sleepmachine(M *mp, int64_t until)
{
	if (!startpoller(mp)) {
		futexsleep(&mp->wakeup, Asleep, until);
		return;
	}
	G *list = polled(until);
	endpoller();
	if (list)
		readyshared(list);
}

/* A goroutine, on an active M or on one that was replaced. */
static bool somebodyruns(void)
{
	return sched.nmidle + sched.nblocking < sched.nm;
}

/*
 * All are idle. Where only threads of the program can change that, one may
 * end and nobody is told: look again, more and more seldom.
 */
static int64_t patience(Watch *w)
{
	if (!checkasleep())
		return INT64_MAX;
	if (w->patience < PatienceMost)
		w->patience *= 2;
	return w->patience;
}

/* DEEP: MP is about to sleep for long, if it is the watcher still: it must be
 * woken from that. With sched.lock held. */
static void setdeep(M *mp, bool deep)
{
	if (mp == sched.watcher)
		sched.deep = deep && mp->wakeup == Asleep;
}

/* How long the watcher MP may sleep while others run; when one more may run,
 * it must be woken from a long sleep. */
static int64_t vigilance(M *mp, const Watch *w)
{
	lockm(&sched.lock);
	bool full = sched.nactive >= sched.maxactive && !w->behind;
	setdeep(mp, full && w->interval > WatchMost);
	unlock(&sched.lock);
	int64_t most = full ? WatchFull : WatchMost;
	return w->interval < most ? w->interval : most;
}

/* How long the idle MP may sleep without a look at the others. */
static int64_t attention(M *mp, Watch *w)
{
	if (mp != sched.watcher)
		return INT64_MAX;
	if (somebodyruns())
		return vigilance(mp, w);
	lockm(&sched.lock);
	bool quiet = w->seen == sched.nactivated && !somebodyruns();
	setdeep(mp, quiet);
	w->seen = sched.nactivated;
	unlock(&sched.lock);
	if (quiet)
		return patience(w);
	w->patience = WatchMost;
	return WatchMost;
}

/* Those that run are to look at the shared queue and the timers. */
static void letlook(void)
{
	for (M *v = allm; v; v = v->alllink)
		__atomic_store_n(&v->lookat, 0, __ATOMIC_RELAXED);
}

/* The idle MP is awake; WATCHING: it was the watcher. */
static void lookafter(M *mp, Watch *w, bool watching)
{
	int64_t now = nanotime();
	sched.ticks = ticks();
	if (mp->wakeup == Called || sched.stopped)
		return;
	if (watching)
		askneglected(now);
	bool more = waiting(now);
	if (more) {
		if (callself(mp))
			return;
		letlook();
	}
	if (watching)
		watchall(mp, w, now, more);
}

/* One sleep of the idle MP. */
static void sleepidle(M *mp, Watch *w)
{
	uint32_t poked = Poked;
	bool watching = mp == sched.watcher && somebodyruns();
	sleepmachine(mp, sleepuntil(attention(mp, w)));
	if (__atomic_compare_exchange_n(&mp->wakeup, &poked, Asleep, false,
					__ATOMIC_ACQ_REL, __ATOMIC_RELAXED)
	    && w->interval > WatchMost)
		w->interval = WatchMost / 2; /* not to be poked at once again */
	lookafter(mp, w, watching);
}

/*
 * Calls that may take long
 */

void enterblocking(M *mp)
{
	if (knobs.stay)
		return;
	lockm(&sched.lock);
	runqtoglobal(mp);
	deactivate(mp);
	wakewatcher();
	sched.nblocking++;
	bool shares = stockoutside(mp);
	setneedy();
	bool any = sched.runqsize > 0;
	unlock(&sched.lock);
	if (any)
		wakeone();
	if (shares)
		sharestock(mp);
}

void leaveblocking(M *mp)
{
	if (knobs.stay)
		return;
	lockm(&sched.lock);
	sched.nblocking--;
	stock(mp);
	if (!mp->active && sched.nactive < sched.maxactive && !sched.stopped) {
		mp->active = true;
		mp->stucksince = nanotime();
		sched.nactive++;
		sched.nactivated++;
		setneedy();
		wakewatcher();
	}
	unlock(&sched.lock);
}

void idle(M *mp)
{
	Watch w = { .interval = WatchLeast, .patience = WatchMost };

	shareidle(mp);
	lockm(&sched.lock);
	clockread();
	runqtoglobal(mp);
	deactivate(mp);
	if (sched.nactive)
		wakewatcher(); /* else we look after all there is */
	hascome(mp);
	mp->wakeup = Asleep;
	if (!sched.stopped) /* else nobody takes it off again */
		linkidle(mp);
	setneedy();
	bool others = sched.nactive > 0;
	unlock(&sched.lock);

	wakestoppers();
	checkasleep();
	if (others)
		oswritebarrier();
	if (anywork())
		wakeone();
	while (__atomic_load_n(&mp->wakeup, __ATOMIC_ACQUIRE) != Called
	       && !sched.stopped)
		sleepidle(mp, &w);
}
