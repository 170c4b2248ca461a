/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowded.c - whether Ms wait for processors that others have.
 *
 * Where all processors are busy, with the peer of our connections perhaps,
 * two Ms that take turns on one of them serve descriptors worse than one
 * would: what one has been told of waits while the other runs, until all that
 * the kernel knows of it has left the caches, and the peer's kernel
 * acknowledges by itself what an answer would have. So while the Ms wait for
 * processors, an M that has nothing to run does not ask what has come, and
 * none is called for that. What there is to run is shared as ever: a program is
 * not to have less of a busy machine than others have.
 *
 * The kernel counts for each thread how long it could have run and did not
 * (/proc/PID/task/TID/schedstat, Documentation/scheduler/sched-stats.rst).
 * Where it does not, nothing is ever crowded.
 */
#include "runtime.h"

enum {
	/* It is looked at so often, */
	Window = 5 * SEAM_MS,
	/* and too long is this part of that. */
	Part = 4,
	/* Then so long no second M is tried, twice that the next time, */
	TryLeast = 50 * SEAM_MS,
	/* up to this. */
	TryMost = 1000 * SEAM_MS,
};

bool crowded(void)
{
	int64_t until = __atomic_load_n(&sched.crowded, __ATOMIC_RELAXED);
	return until && nanotime() < until;
}

void notcrowded(int64_t now)
{
	if (sched.crowded > now)
		__atomic_store_n(&sched.crowded, now, __ATOMIC_RELAXED);
}

/* It is so at NOW. */
static void nowcrowded(int64_t now)
{
	int64_t tries = sched.crowdtry, since = now - sched.crowded;
	tries = tries && since < TryMost ? 2 * tries : TryLeast;
	if (tries > TryMost)
		tries = TryMost;
	sched.crowdtry = tries;
	__atomic_store_n(&sched.crowded, now + tries, __ATOMIC_RELAXED);
}

bool lookcrowded(M *mp)
{
	int64_t now = nanotime(), since = now - mp->delayseen;
	if (now < sched.crowded)
		return true;
	if (since < Window || sched.nactive < 2)
		return false;
	int64_t delay = osrundelay(mp->procid);
	bool told = delay >= 0 && mp->rundelay >= 0;
	bool is = told && delay - mp->rundelay > since / Part;
	mp->delayseen = now;
	mp->rundelay = delay;
	if (is)
		nowcrowded(now);
	return is;
}
