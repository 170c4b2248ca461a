/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proc.c - goroutines: the only code that says what becomes of one (gstatus).
 *
 * A goroutine leaves its stack in one of two ways. Where another one waits in
 * this M's queue and nothing else is to be done, gswitch goes straight to it.
 * Otherwise mcall, by leave, calls one of the functions here on g0, which ends
 * in schedule(), which leaves g0 again by gogo. What the goroutine wants of its
 * last function on g0 waits in the M (parkrelease, parkwhen).
 */
#include "checker.h"
#include "foreign.h"
#include "fork.h"
#include "netpoll.h"
#include "park.h"

#include <errno.h>
#include <string.h>

G *allg;
Sched sched;

enum {
	/* Switches after which an M looks at timers and the shared queue. */
	Budget = 61,
	/* Dead goroutines that an M keeps for itself. */
	GfreeMost = 2048,
};

/*
 * The shared queue, with sched.lock held
 */

static void globalput(G *gp)
{
	gp->schedlink = NULL;
	if (sched.runqtail)
		sched.runqtail->schedlink = gp;
	else
		sched.runqhead = gp;
	sched.runqtail = gp;
	sched.runqsize++;
}

static G *globalget(void)
{
	G *gp = sched.runqhead;
	sched.runqhead = gp->schedlink;
	if (!sched.runqhead)
		sched.runqtail = NULL;
	sched.runqsize--;
	return gp;
}

void runqtoglobal(M *mp)
{
	for (G *gp; (gp = runqget(mp));)
		globalput(gp);
}

void runqfromglobal(M *mp)
{
	if (!sched.runqsize)
		return;
	lockm(&sched.lock);
	uint64_t n = sched.runqsize / (uint64_t)sched.maxactive + 1;
	while (n-- && sched.runqsize) {
		G *gp = globalget();
		if (runqtryput(mp, gp))
			continue;
		globalput(gp);
		break;
	}
	unlock(&sched.lock);
}

/*
 * Becoming runnable
 */

static NOSPLIT void *wakecall(void *arg)
{
	wakeone();
	return arg;
}

/* What MP has in its queue is more than it can run at once. */
static void share(M *mp)
{
	lightfence(); /* see idle.c: first the queue, then needy */
	if (__atomic_load_n(&sched.needy, __ATOMIC_RELAXED) && runqspare(mp))
		systemstack(wakecall, NULL);
}

static void readyon(M *mp, G *gp)
{
	gp->status = Grunnable;
	runqput(mp, gp);
	share(mp);
}

static NOSPLIT void *wakethreadcall(void *gp)
{
	wakethread(gp);
	return NULL;
}

/* For a thread, or from one. */
static __attribute__((noinline)) void readyforeign(G *gp)
{
	if (isthread(gp)) {
		systemstack(wakethreadcall, gp);
		return;
	}
	gp->schedlink = NULL;
	readyshared(gp);
	wakeone();
}

void ready(G *gp)
{
	M *mp = getm();
	if (mp && !isthread(gp))
		readyon(mp, gp);
	else
		readyforeign(gp);
}

void readytimed(M *mp)
{
	int64_t now = nanotime();
	for (G *gp; (gp = expired(now));) {
		gp->status = Grunnable;
		runqput(mp, gp);
	}
}

void readyhere(M *mp, G *list)
{
	for (G *gp; (gp = list);) {
		list = gp->schedlink;
		gp->status = Grunnable;
		runqput(mp, gp);
	}
}

void readyshared(G *list)
{
	lockm(&sched.lock);
	for (G *gp; (gp = list);) {
		list = gp->schedlink;
		gp->status = Grunnable;
		globalput(gp);
	}
	unlock(&sched.lock);
}

/*
 * Scheduling
 */

/* Once in a while: what no switch looks at. */
static void lookaround(M *mp)
{
	mp->lookat = knobs.look ? 0 : mp->nswitch + Budget;
	sched.ticks = ticks();
	if (timers.next != INT64_MAX)
		readytimed(mp);
	askevents(mp);
	runqfromglobal(mp);
	if (!hasevents(mp) || !lookcrowded(mp))
		share(mp);
}

/* The next goroutine for this M; NULL when the runtime has stopped. */
static G *findrunnable(M *mp)
{
	for (G *gp; !sched.stopped; idle(mp)) {
		if (!mp->active)
			continue;
		if (mp->nswitch >= mp->lookat || !runqlen(mp))
			lookaround(mp);
		do {
			if ((gp = runqget(mp)))
				return gp;
		} while (search(mp));
	}
	return NULL;
}

NOSPLIT void schedule(void)
{
	M *mp = getm();
	if (forked)
		forkedswitch();
	G *gp = findrunnable(mp);
	if (knobs.checked)
		checkstand(gp);
	if (!gp)
		return;
	mp->nswitch++;
	if (mp->searching)
		found(mp);
	gogo(gp);
}

/*
 * Ways to leave a stack
 */

static NOSPLIT void parkm(G *gp)
{
	M *mp = getm();
	void (*release)(void *) = mp->parkrelease;
	void *arg = mp->parkarg;
	if (forked) /* locks may be held by those who are not there */
		forkedswitch();
	stackshrink(gp);
	gp->status = Gwaiting;
	if (mp->parkwhen != INT64_MAX && !addtimer(gp, mp->parkwhen))
		throw("park: out of memory for a timer");
	if (release)
		release(arg);
	schedule();
}

NOSPLIT void releaselock(void *l)
{
	unlock(l);
}

void parkmany(void (*release)(void *), void *arg, const char *reason,
	      void *waiton, int64_t deadline)
{
	M *mp = getm();
	if (!mp) {
		parkthread(release, arg, reason, waiton, deadline);
		return;
	}
	G *gp = mp->curg;
	setwait(gp, reason, waiton);
	mp->parkrelease = release;
	mp->parkarg = arg;
	mp->parkwhen = deadline;
	leave(parkm);
	if (deadline != INT64_MAX && !gp->timedout)
		timerstale(gp);
}

static NOSPLIT void yieldm(G *gp)
{
	if (forked)
		forkedswitch();
	gp->status = Grunnable;
	runqput(getm(), gp);
	schedule();
}

static __attribute__((noinline)) int yieldthread(void)
{
	if (!self())
		return seterr(EPERM);
	osyield();
	return 0;
}

/* Not split: it has no frame, nor has what it calls, or that looks for itself.
 */
NOSPLIT int seam_yield(void)
{
	M *mp = getm();
	if (!mp)
		return yieldthread();
	uint64_t nswitch = mp->nswitch + 1;
	if (nswitch >= mp->lookat || handling(mp) || !runqtryenter(mp))
		return leave(yieldm);
	mp->nswitch = nswitch;
	uint32_t n = runqlen(mp);
	if (!n) {
		runqleave(mp);
		return 0;
	}
	G *gp = mp->curg;
	return gswitch(gp, runqrotate(mp, gp, n), Grunnable, &mp->inrunq, mp);
}

static void freeg(M *mp, G *gp)
{
	gp->schedlink = mp->gfree;
	mp->gfree = gp;
	mp->ngfree++;
}

void sharefree(M *mp, int32_t n)
{
	G *first = mp->gfree, *last = first;
	if (!n)
		return;
	for (int i = 1; i < n; i++)
		last = last->schedlink;
	mp->gfree = last->schedlink;
	mp->ngfree -= n;
	lockm(&sched.lock);
	last->schedlink = sched.gfree;
	sched.gfree = first;
	unlock(&sched.lock);
}

static NOSPLIT void exitm(G *gp)
{
	M *mp = getm();
	gp->status = Gdead; /* First: its segments are not whole any more. */
	stackreset(gp);
	freeg(mp, gp);
	if (mp->ngfree > GfreeMost)
		sharefree(mp, mp->ngfree / 2);
	if (gp->goid == 1)
		stop();
	schedule();
}

void seam_exit(void)
{
	M *mp = getm();
	if (!mp || !mp->curg)
		throw("seam_exit: this thread runs no goroutine");
	ending(mp->curg);
	mp = getm(); /* destructors may have waited */
	G *gp = mp->curg, *to;
	Stktop *top = gp->stackbase;
	if (!top->oldbase && !top->next && !top->blocks && gp->goid != 1
	    && mp->ngfree < GfreeMost && (to = next(mp))) {
		gp->status = Gdead;
		freeg(mp, gp); /* this M has left it before it looks there */
		gogo(to);
	}
	leave(exitm);
	__builtin_unreachable();
}

/*
 * Making goroutines
 */

/* A G that never ran, on allg. */
static G *newg(void)
{
	G *gp = mal(sizeof(*gp));
	if (!gp)
		return NULL;
	memset(gp, 0, sizeof(*gp));
	gp->status = Gidle;
	if (!stackinit(gp)) {
		mfree(gp);
		return NULL;
	}
	lockm(&sched.lock);
	gp->alllink = allg;
	__atomic_store_n(&allg, gp, __ATOMIC_RELEASE);
	unlock(&sched.lock);
	return gp;
}

/* A G to start: dead, of no M, or new; NULL without memory. */
static NOSPLIT void *findg(void *arg)
{
	(void)arg;
	lockm(&sched.lock);
	G *gp = sched.gfree;
	if (gp)
		sched.gfree = gp->schedlink;
	unlock(&sched.lock);
	return gp ? gp : newg();
}

static G *takeg(M *mp)
{
	G *gp = mp->gfree;
	if (!gp)
		return systemstack(findg, NULL);
	mp->gfree = gp->schedlink;
	mp->ngfree--;
	return gp;
}

static int64_t nextgoid(void)
{
	if (sched.alone)
		return ++sched.goidgen;
	return __atomic_add_fetch(&sched.goidgen, 1, __ATOMIC_RELEASE);
}

/* What GP is to run; its goid. */
static ALWAYS_INLINE int64_t setup(G *gp, void (*fn)(void *), void *arg,
				   uintptr_t pc)
{
	gp->entry = fn;
	gp->arg = arg;
	gp->gopc = pc;
	gp->name[0] = '\0';
	gp->err = 0;
	stackentry(gp);
	gp->goid = nextgoid();
	return gp->goid;
}

/* As soon as it is ready it may run, end and be another one. */
int64_t newproc(M *mp, void (*fn)(void *), void *arg, uintptr_t pc)
{
	G *gp = takeg(mp);
	if (!gp)
		return seterr(ENOMEM);
	int64_t goid = setup(gp, fn, arg, pc);
	if (goid == 1)
		copybytes(gp->name, "main", sizeof("main"));
	/* Until now it is our caller's: in a register, for a collector. */
	__asm__ volatile("" : : "r"(arg) : "memory");
	readyon(mp, gp);
	return goid;
}

/* For the calling thread, which is no M. */
static __attribute__((noinline)) int64_t goforeign(void (*fn)(void *),
						   void *arg, uintptr_t pc)
{
	if (!self())
		return seterr(EPERM);
	if (!fn)
		return seterr(EINVAL);
	G *gp = findg(NULL);
	if (!gp)
		return seterr(ENOMEM);
	int64_t goid = setup(gp, fn, arg, pc);
	readyforeign(gp);
	return goid;
}

/* Not split: a function that has grown does not see who called it. */
NOSPLIT int64_t seam_go(void (*fn)(void *), void *arg)
{
	M *mp = getm();
	uintptr_t pc = (uintptr_t)__builtin_return_address(0);
	if (!mp)
		return goforeign(fn, arg, pc);
	if (!fn)
		return seterr(EINVAL);
	return newproc(mp, fn, arg, pc);
}

int64_t seam_id(void)
{
	G *gp = getg();
	return gp ? gp->goid : 0;
}

int seam_setname(const char *name)
{
	G *gp = getg();
	size_t i;
	if (!gp)
		return seterr(EPERM);
	if (!name)
		return seterr(EINVAL);
	for (i = 0; name[i] && i < sizeof(gp->name) - 1; i++)
		gp->name[i] = name[i];
	gp->name[i] = '\0';
	return 0;
}

const char *seam_name(void)
{
	G *gp = getg();
	if (gp)
		return gp->name;
	seterr(EPERM);
	return NULL;
}
