/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.c - making machines, and seam_run: from the thread that calls it to
 * the end of goroutine 1.
 */
#include "trace.h"
#include "world.h"

#include <errno.h>
#include <stdlib.h>
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
	mp->perrno = oserrno();
	sigaltinit(mp);
	worldjoin(mp);
}

static bool initm(M *mp, G *gp)
{
	mp->g0 = gp;
	if (!runqinit(mp))
		return false;
	lockm(&sched.lock);
	mp->id = sched.nm++;
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

/* An M whose thread could not be made, for another try; NULL: none. */
static M *unstarted(void)
{
	lock(&sched.lock);
	M *mp = sched.munstarted;
	if (mp) {
		sched.munstarted = mp->idlelink;
		sched.nm++;
	}
	unlock(&sched.lock);
	return mp;
}

int startmachine(void)
{
	M *mp = unstarted();
	if (!mp && sched.nm < MaxMs)
		mp = newm();
	if (!mp)
		return -ENOMEM;
	int e = osthread(mp);
	if (e < 0) {
		lockm(&sched.lock);
		sched.nm--; /* it stays on allm, but is not waited for */
		mp->idlelink = sched.munstarted;
		sched.munstarted = mp;
		unlock(&sched.lock);
	}
	return e;
}

static int maxprocs(void)
{
	const char *s = getenv("SEAM_MAXPROCS");
	int n = s ? atoi(s) : 0;
	if (n <= 0)
		n = osncpu();
	return n < MaxMs / 4 ? n : MaxMs / 4;
}

/*
 * All Ms but this one, and one more: there is always an idle one to look
 * after the others (idle.c). Return 0 or what went wrong.
 */
static int startmachines(int n)
{
	for (int i = 0; i < n; i++) {
		int e = startmachine();
		if (e < 0)
			return -e;
	}
	return 0;
}

static int start(void)
{
	checklink();
	knobsinit();
	clockstart();
	siginit();
	worldinit();
	dumpinit();
	sched.fenced = !osbarrierinit();
	sched.maxactive = maxprocs();
	sched.alone = sched.maxactive == 1;
	sched.ticks = ticks();
	timers.next = INT64_MAX;

	if (!initm(&m0, &g0))
		return ENOMEM;
	minit(&m0);
	m0.active = true;
	sched.nactive = 1;
	return startmachines(sched.maxactive - knobs.stay);
}

int seam_run(void (*fn)(void *), void *arg)
{
	bool no = false;
	if (!fn)
		return seterr(EINVAL);
	if (!__atomic_compare_exchange_n(&sched.started, &no, true, false,
					 __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return seterr(EALREADY);
	int e = start();
	if (!e && newproc(&m0, fn, arg, 0) < 0)
		e = ENOMEM;
	if (e)
		stop();
	else
		mstart(&m0);
	worldleave(&m0);
	setm(NULL);
	return e ? seterr(e) : 0;
}
