/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steal.c - where an M that has nothing to run looks for work: in the shared
 * queue and in those of the others.
 */
#include "runq.h"

enum {
	Rounds = 10, /* of looking at the others' queues, */
	Pauses = 64, /* with so many pauses between: some 2 us */
};

bool runson(M *v, uint64_t *seen)
{
	uint64_t n = __atomic_load_n(&v->nswitch, __ATOMIC_RELAXED);
	bool same = n == *seen;
	*seen = n;
	return same;
}

/* One in the queue is V's to run at once; unless it waits behind another that
 * runs on and on. */
static bool stealfrom(M *mp, M *v)
{
	if (v == mp || !runqlen(v))
		return false;
	return (runson(v, &v->thiefseen) || runqspare(v)) && runqsteal(mp, v);
}

static bool stealany(M *mp)
{
	for (M *v = mp->alllink; v; v = v->alllink)
		if (stealfrom(mp, v))
			return true;
	for (M *v = allm; v != mp; v = v->alllink)
		if (stealfrom(mp, v))
			return true;
	return false;
}

bool search(M *mp)
{
	for (int i = 0; i < Rounds && !sched.stopped; i++) {
		if (stealany(mp))
			return true;
		if (sched.runqsize) {
			runqfromglobal(mp);
			return true;
		}
		if (sched.nactive <= 1)
			return false;
		for (int k = 0; k < Pauses; k++)
			__builtin_ia32_pause();
	}
	return false;
}

bool anywork(void)
{
	if (sched.runqsize)
		return true;
	for (M *mp = allm; mp; mp = mp->alllink)
		if (runqspare(mp))
			return true;
	return false;
}
