/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proc.c - goroutines and machines: the only code that changes gstatus.
 *
 * A goroutine leaves its stack by mcall, which calls one of the functions
 * here on g0; that function says in gstatus what became of it and ends in
 * schedule(), which leaves g0 again by gogo. What the goroutine wants of its
 * last function on g0 waits in the M (parklock, parktimer).
 */
#include "runtime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

__thread M *m __attribute__((tls_model("initial-exec")));
G *allg;
M *allm;
M m0;
G g0;
Sched sched;

enum { MaxMs = 256 };

/*
 * The run queue, with sched.lock held
 */

static void runqput(G *gp)
{
	gp->schedlink = NULL;
	if (sched.runqtail)
		sched.runqtail->schedlink = gp;
	else
		sched.runqhead = gp;
	sched.runqtail = gp;
	sched.runqsize++;
}

static G *runqget(void)
{
	G *gp = sched.runqhead;
	if (!gp)
		return NULL;
	sched.runqhead = gp->schedlink;
	if (!sched.runqhead)
		sched.runqtail = NULL;
	sched.runqsize--;
	return gp;
}

/* Take an idle M off the list, to be called; NULL: all are busy. */
static M *takeidle(void)
{
	M *mp = sched.midle;
	if (!mp)
		return NULL;
	sched.midle = mp->idlelink;
	sched.nmidle--;
	__atomic_store_n(&mp->wakeup, 1, __ATOMIC_RELEASE);
	return mp;
}

static void dropidle(M *mp)
{
	M **p = &sched.midle;
	while (*p != mp)
		p = &(*p)->idlelink;
	*p = mp->idlelink;
	sched.nmidle--;
}

static NOSPLIT void *callmachine(void *arg)
{
	M *mp = arg;
	futexwakeup(&mp->wakeup);
	return NULL;
}

/* Make GP runnable and return the M to call for it, or NULL. */
static M *makerunnable(G *gp)
{
	gp->status = Grunnable;
	runqput(gp);
	return takeidle();
}

uint64_t beginwait(G *gp)
{
	uint64_t wait = (gp->wait | 1) + 1;
	__atomic_store_n(&gp->wait, wait, __ATOMIC_RELEASE);
	return wait;
}

bool claim(G *gp, uint64_t wait)
{
	return __atomic_compare_exchange_n(&gp->wait, &wait, wait | 1, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

void ready(G *gp)
{
	lock(&sched.lock);
	M *mp = makerunnable(gp);
	unlock(&sched.lock);
	if (mp)
		systemstack(callmachine, mp);
}

/*
 * Scheduling, on g0
 */

/* Runnable again: those whose deadline has come. sched.lock is held. */
static void runtimers(void)
{
	if (!sched.ntimers)
		return;
	int64_t now = nanotime();
	for (G *gp; (gp = expired(now));) {
		M *mp = makerunnable(gp);
		if (mp)
			futexwakeup(&mp->wakeup);
	}
}

/* Nothing to run: sleep until called or the next deadline. */
static void idle(M *mp)
{
	int64_t until = sched.ntimers ? sched.timers[0]->when : INT64_MAX;

	clockread();
	mp->wakeup = 0;
	mp->idlelink = sched.midle;
	sched.midle = mp;
	sched.nmidle++;
	if (sched.nmidle == sched.nm && !sched.ntimers) {
		unlock(&sched.lock);
		deadlock();
	}
	unlock(&sched.lock);
	futexsleep(&mp->wakeup, 0, until);
	lock(&sched.lock);
	if (!mp->wakeup)
		dropidle(mp);
}

/* The next goroutine for this M; NULL when the runtime has stopped. */
static G *findrunnable(M *mp)
{
	G *gp = NULL;
	lock(&sched.lock);
	while (!sched.stopped) {
		/* Reading the clock each time would cost more than the rest. */
		if (mp->nswitch % 16 == 0 || !sched.runqhead)
			runtimers();
		if ((gp = runqget()))
			break;
		idle(mp);
	}
	unlock(&sched.lock);
	return gp;
}

NOSPLIT void schedule(void)
{
	M *mp = getm();
	G *gp = findrunnable(mp);
	if (!gp)
		return;
	mp->nswitch++;
	gp->m = mp;
	mp->curg = gp;
	gp->status = Grunning;
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
	gp->m = NULL;
	gp->status = Gwaiting;
	if (mp->parktimer) {
		lock(&sched.lock);
		if (!addtimer(mp->parktimer))
			throw("park: out of memory for a timer");
		/* An idle M may sleep past this deadline. */
		M *idle = mp->parktimer->index == 0 ? takeidle() : NULL;
		unlock(&sched.lock);
		if (idle)
			futexwakeup(&idle->wakeup);
	}
	if (release)
		release(arg);
	schedule();
}

static void removetimer(Timer *t)
{
	lock(&sched.lock);
	deltimer(t);
	unlock(&sched.lock);
}

static NOSPLIT void releaselock(void *l)
{
	unlock(l);
}

void park(Lock *l, const char *reason, void *waiton, int64_t deadline)
{
	parkmany(releaselock, l, reason, waiton, deadline);
}

void parkmany(void (*release)(void *), void *arg, const char *reason,
	      void *waiton, int64_t deadline)
{
	M *mp = getm();
	G *gp = mp->curg;
	Timer t;
	bool timed = deadline != INT64_MAX;
	int e = geterr();

	t.when = deadline;
	t.g = gp;
	t.wait = gp->wait;
	t.index = -1;
	gp->waitreason = reason;
	gp->waiton = waiton;
	gp->waitsince = ticks();
	gp->timedout = false;
	mp->parkrelease = release;
	mp->parkarg = arg;
	mp->parktimer = timed ? &t : NULL;
	mcall(parkm);
	if (timed)
		removetimer(&t);
	seterr(e);
}

static NOSPLIT void yieldm(G *gp)
{
	gp->m = NULL;
	lock(&sched.lock);
	gp->status = Grunnable; /* for this M: no need to call another */
	runqput(gp);
	unlock(&sched.lock);
	schedule();
}

int seam_yield(void)
{
	if (!getg())
		return seterr(EPERM);
	int e = geterr();
	mcall(yieldm);
	seterr(e);
	return 0;
}

int seam_sleep(int64_t ns)
{
	int64_t deadline;
	if (!getg())
		return seterr(EPERM);
	if (ns <= 0)
		return seam_yield();
	if (__builtin_add_overflow(seam_now(), ns, &deadline))
		deadline = INT64_MAX - 1;
	beginwait(getg());
	parkmany(NULL, NULL, "sleep", NULL, deadline);
	return 0;
}

/* Main has returned: let every M stop at its next schedule(). */
static void stop(void)
{
	lock(&sched.lock);
	sched.stopped = true;
	for (M *mp; (mp = takeidle());)
		futexwakeup(&mp->wakeup);
	unlock(&sched.lock);
}

static NOSPLIT void exitm(G *gp)
{
	gp->m = NULL;
	gp->status = Gdead;
	stackreset(gp);
	if (gp->goid == 1)
		stop();
	lock(&sched.lock);
	gp->schedlink = sched.gfree;
	sched.gfree = gp;
	unlock(&sched.lock);
	schedule();
}

void seam_exit(void)
{
	if (!getg())
		throw("seam_exit: this thread runs no goroutine");
	mcall(exitm);
	__builtin_unreachable();
}

/*
 * Making goroutines
 */

typedef struct Newproc {
	void (*fn)(void *);
	void *arg;
	uintptr_t pc; /* of the caller */
	int64_t goid; /* the answer */
} Newproc;

static G *takefree(void)
{
	lock(&sched.lock);
	G *gp = sched.gfree;
	if (gp)
		sched.gfree = gp->schedlink;
	unlock(&sched.lock);
	return gp;
}

/* A G that never ran, on allg. */
static G *newg(void)
{
	G *gp = mal(sizeof(*gp));
	if (!gp)
		return NULL;
	memset(gp, 0, sizeof(*gp));
	gp->status = Gidle;
	lock(&sched.lock);
	gp->alllink = allg;
	allg = gp;
	unlock(&sched.lock);
	return gp;
}

/* Start a goroutine. Return its G, or NULL without memory. */
static NOSPLIT void *newproc(void *arg)
{
	Newproc *np = arg;
	G *gp = takefree();
	if (!gp && !(gp = newg()))
		return NULL;
	gp->entry = np->fn;
	gp->arg = np->arg;
	gp->gopc = np->pc;
	gp->name[0] = '\0';
	bool ok = stackinit(gp);

	lock(&sched.lock);
	if (!ok) {
		gp->schedlink = sched.gfree;
		sched.gfree = gp;
		unlock(&sched.lock);
		return NULL;
	}
	np->goid = gp->goid = ++sched.goidgen;
	if (gp->goid == 1)
		memcpy(gp->name, "main", sizeof("main"));
	M *mp = makerunnable(gp);
	unlock(&sched.lock);
	if (mp)
		futexwakeup(&mp->wakeup);
	return gp;
}

/* Not split: a function that has grown does not see who called it. */
NOSPLIT int64_t seam_go(void (*fn)(void *), void *arg)
{
	Newproc np;
	if (!getg())
		return seterr(EPERM);
	if (!fn)
		return seterr(EINVAL);
	np.fn = fn;
	np.arg = arg;
	np.pc = (uintptr_t)__builtin_return_address(0);
	return systemstack(newproc, &np) ? np.goid : seterr(ENOMEM);
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

/*
 * Starting and stopping
 */

static void setm(M *mp)
{
	__asm__ volatile("movq m@gottpoff(%%rip), %%rax\n\t"
			 "movq %0, %%fs:(%%rax)"
			 :
			 : "r"(mp)
			 : "rax", "memory");
}

void minit(M *mp)
{
	setm(mp);
	__atomic_store_n(&mp->procid, osprocid(), __ATOMIC_RELAXED);
	sigaltinit(mp);
}

/* An M with its g0, on allm; its thread is not started. */
static M *newm(int32_t id)
{
	M *mp = id ? mal(sizeof(*mp) + sizeof(G)) : &m0;
	if (!mp)
		return NULL;
	if (id) {
		memset(mp, 0, sizeof(*mp) + sizeof(G));
		mp->g0 = (G *)(mp + 1);
	} else {
		mp->g0 = &g0;
	}
	mp->id = id;
	mp->alllink = allm;
	allm = mp;
	return mp;
}

static int maxprocs(void)
{
	const char *s = getenv("SEAM_MAXPROCS");
	int n = s ? atoi(s) : 0;
	if (n <= 0)
		n = osncpu();
	return n < MaxMs ? n : MaxMs;
}

/* All Ms but this one. Return 0 or what went wrong. */
static int startmachines(int n)
{
	for (int32_t id = 1; id < n; id++) {
		lock(&sched.lock);
		M *mp = newm(id);
		sched.nm += mp != NULL;
		unlock(&sched.lock);
		int e = mp ? osthread(mp) : -ENOMEM;
		if (e < 0)
			return -e;
	}
	return 0;
}

int seam_run(void (*fn)(void *), void *arg)
{
	Newproc np = { .fn = fn, .arg = arg }; /* by nobody */
	bool no = false;
	if (!fn)
		return seterr(EINVAL);
	if (!__atomic_compare_exchange_n(&sched.started, &no, true, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return seterr(EALREADY);
	checklink();
	knobsinit();
	clockstart();
	siginit();

	M *mp = newm(0);
	sched.nm = 1;
	minit(mp);
	int e = startmachines(maxprocs());
	if (!e && !newproc(&np))
		e = ENOMEM;
	if (e)
		stop();
	else
		mstart(mp);
	setm(NULL);
	return e ? seterr(e) : 0;
}
