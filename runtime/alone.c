/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alone.c - the end of sched.alone. The one M that runs goroutines takes no
 * locks, so whoever joins it must know two things: that it sees from now on
 * that it is not alone any more, and that it is in no section that it began
 * before. The first takes a barrier for all threads. The second is true of an
 * M
 *	- that is not active,
 *	- that has slept in one system call for long: it makes none in a
 *	  section but for a moment,
 *	- that has switched twice since: no lock is held for longer than one
 *	  switch.
 */
#include "runtime.h"

enum {
	StuckLeast = 10 * 1000 * 1000,
	/* Between two looks at that M: a few short naps, then long ones. */
	ShortNaps = 20,
	ShortNap = 50 * 1000,
	LongNap = 1000 * 1000,
	/* That often in the same system call, by long naps, is for long. */
	LooksLeast = 10,
};

static Lock joining; /* one thread waits for the M, the others for it */

/* It comes out of the call into a program that is not alone any more. */
bool isstuck(M *v, int64_t now)
{
	if (now - v->stucksince <= StuckLeast)
		return false;
	int64_t nth = osasleep(v->procid);
	if (nth < 0)
		return false;
	if (!sched.alone)
		return true;
	sched.alone = false;
	oswritebarrier();
	return osasleep(v->procid) == nth;
}

static M *activemachine(void)
{
	M *mp = allm;
	lockm(&sched.lock);
	while (mp && !mp->active)
		mp = mp->alllink;
	unlock(&sched.lock);
	return mp;
}

/* Whether V is active and has not yet switched twice since it had N times. */
static bool maybeinside(M *v, uint64_t n)
{
	lockm(&sched.lock);
	bool active = v->active;
	unlock(&sched.lock);
	return active && __atomic_load_n(&v->nswitch, __ATOMIC_ACQUIRE) - n < 2;
}

static void awaitsection(M *v)
{
	uint64_t n = __atomic_load_n(&v->nswitch, __ATOMIC_RELAXED);
	int64_t nth = -1;
	int looks = 0;
	for (int i = 0; maybeinside(v, n) && looks < LooksLeast; i++) {
		/* V may have overwritten this: so it is said each time. */
		__atomic_store_n(&v->lookat, 0, __ATOMIC_RELAXED);
		osnap(i < ShortNaps ? ShortNap : LongNap);
		int64_t last = nth;
		nth = i < ShortNaps ? -1 : osasleep(v->procid);
		looks = nth >= 0 && nth == last ? looks + 1 : 0;
	}
}

void endalone(void)
{
	lockm(&joining);
	if (!sched.shared) {
		sched.alone = false;
		oswritebarrier();
		M *v = activemachine();
		if (v)
			awaitsection(v);
		sched.shared = true;
	}
	unlock(&joining);
}
