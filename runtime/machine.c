/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.c - making machines, and who has them made: seam_run, which lends
 * them its own thread and returns with the end of goroutine 1; seam_start,
 * whose thread goes its own way, and seam_stop, which ends them.
 */
#include "checker.h"
#include "foreign.h"
#include "fork.h"
#include "handling.h"
#include "trace.h"
#include "world.h"

#include <errno.h>
#include <string.h>

__thread M *m __attribute__((tls_model("initial-exec")));
M *allm;
M m0;
G g0;

enum { MaxMs = 1024 };

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
	mp->perrno = seam_errno();
	mp->handling = threadhandling();
	sigaltinit(mp);
	worldjoin(mp);
}

void hascome(M *mp)
{
	sched.ncoming -= mp->coming;
	mp->coming = false;
}

void mend(M *mp)
{
	worldleave(mp);
	shareidle(mp);
	setm(NULL);
	lockm(&sched.lock);
	hascome(mp);
	sched.nactive -= mp->active;
	sched.nsearching -= mp->searching;
	mp->active = mp->searching = false;
	mp->curg = NULL;
	mp->idlelink = sched.munstarted;
	sched.munstarted = mp;
	sched.nm--;
	unlock(&sched.lock);
}

static bool initm(M *mp, G *gp)
{
	static int32_t ids = 1; /* 0 is m0's */
	mp->g0 = gp;
	if (!sigstackinit(mp))
		return false;
	if (!runqinit(mp)) {
		osfree((void *)mp->sigstack, mp->sigend - mp->sigstack);
		return false;
	}
	lockm(&sched.lock);
	sched.nm++;
	mp->id = mp == &m0 ? 0 : ids++;
	mp->alllink = allm;
	__atomic_store_n(&allm, mp, __ATOMIC_RELEASE);
	unlock(&sched.lock);
	return true;
}

/* An M with its g0, on allm; its thread is not started. */
static M *newm(void)
{
	M *mp = mal(sizeof(*mp) + sizeof(G));
	if (!mp)
		return NULL;
	memset(mp, 0, sizeof(*mp) + sizeof(G));
	if (initm(mp, (G *)(mp + 1)))
		return mp;
	mfree(mp);
	return NULL;
}

/* An M whose thread has ended, or could not be made; NULL: none. */
static M *unstarted(void)
{
	lockm(&sched.lock);
	M *mp = sched.munstarted;
	if (mp) {
		sched.munstarted = mp->idlelink;
		sched.nm++;
	}
	unlock(&sched.lock);
	return mp;
}

/* One M more is coming; false: there is one to be the watcher. */
static bool announce(bool watcher)
{
	lockm(&sched.lock);
	bool no = watcher && (sched.watcher || sched.ncoming || sched.stopped);
	sched.ncoming += !no;
	unlock(&sched.lock);
	return !no;
}

static int startannounced(void)
{
	M *mp = unstarted();
	if (!mp && sched.nm < MaxMs)
		mp = newm();
	if (!mp)
		return -ENOMEM;
	mp->coming = true;
	int e = osthread(mp);
	if (e < 0) {
		lockm(&sched.lock);
		mp->coming = false;
		sched.nm--; /* it stays on allm, but is not waited for */
		mp->idlelink = sched.munstarted;
		sched.munstarted = mp;
		unlock(&sched.lock);
	}
	return e;
}

int startmachine(bool watcher)
{
	if (!announce(watcher))
		return 0;
	int e = startannounced();
	if (e < 0) {
		lockm(&sched.lock);
		sched.ncoming--;
		unlock(&sched.lock);
	}
	return e;
}

/*
 * All Ms but this one, and one more: there is always an idle one to look
 * after the others (idle.c). Return 0 or what went wrong.
 */
static int startmachines(int n)
{
	for (int i = 0; i < n; i++) {
		int e = startmachine(false);
		if (e < 0)
			return -e;
	}
	return 0;
}

/* False: the runtime runs, or seam_run() has returned. */
static bool begin(void)
{
	bool no = false;
	return __atomic_compare_exchange_n(&sched.started, &no, true, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static void prepare(void)
{
	checklink();
	knobsinit();
	malinit();
	checkerinit();
	clockstart();
	siginit();
	worldinit();
	dumpinit();
	sched.fenced = !osbarrierinit();
	sched.maxactive = maxprocs(MaxMs / 4);
	sched.shared = true;
	sched.ticks = ticks();
	sched.stopped = false;
}

/* Threads of the program may call us from now on. */
static void openrun(void)
{
	__atomic_add_fetch(&sched.run, 1, __ATOMIC_SEQ_CST);
}

static int startrun(void)
{
	prepare();
	sched.alone = sched.maxactive == 1;
	sched.shared = !sched.alone;
	if (!initm(&m0, &g0) || !forkinit())
		return ENOMEM;
	minit(&m0);
	osmaskbythis();
	m0.active = true;
	sched.nactive = 1;
	stock(&m0);
	return startmachines(sched.maxactive - knobs.stay);
}

/* Not split: nothing is checked before checkguard(). */
NOSPLIT int seam_run(void (*fn)(void *), void *arg)
{
	checkguard();
	if (!fn)
		return seterr(EINVAL);
	if (!begin())
		return seterr(EALREADY);
	int e = startrun();
	if (!e && newproc(&m0, fn, arg, 0) < 0)
		e = ENOMEM;
	if (e) {
		stop();
	} else {
		openrun();
		mstart(&m0);
	}
	worldleave(&m0);
	setm(NULL);
	endthreads();
	return result(e);
}

/* Wait until the threads of all Ms have ended. */
static void endmachines(void)
{
	int32_t n;
	do {
		lockm(&sched.lock);
		n = sched.nm;
		unlock(&sched.lock);
		if (n)
			osyield();
	} while (n);
	for (M *mp = allm; mp; mp = mp->alllink) {
		if (mp->thread)
			osjoin(mp);
		mp->thread = 0;
	}
	__atomic_store_n(&sched.started, false, __ATOMIC_RELEASE);
}

/* Not split, as seam_run. */
NOSPLIT int seam_start(void)
{
	checkguard();
	if (!begin())
		return seterr(EALREADY);
	prepare();
	if (!sched.goidgen)
		sched.goidgen = 1; /* seam_run()'s */
	openrun();
	int e = self() && forkinit()
			? startmachines(sched.maxactive + !knobs.stay)
			: ENOMEM;
	if (!e)
		return 0;
	stop();
	endthreads();
	endmachines();
	return seterr(e);
}

int seam_stop(int64_t deadline)
{
	if (getm())
		return seterr(EDEADLK);
	if (m0.g0 || !self())
		return seterr(EPERM);
	int e = stopatend(deadline);
	if (e)
		return seterr(e);
	endthreads();
	endmachines();
	return 0;
}
