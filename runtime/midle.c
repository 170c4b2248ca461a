/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * midle.c - the list of idle machines, and the counts of what machines are at
 * (struct Sched). All of it with sched.lock held.
 */
#include "netpoll.h"

void setneedy(void)
{
	__atomic_store_n(&sched.needy,
			 sched.nmidle > 0 && sched.nactive < sched.maxactive
				 && sched.nsearching == 0,
			 __ATOMIC_RELAXED);
}

void setwakeup(M *mp, enum wakeup why)
{
	__atomic_store_n(&mp->wakeup, why, __ATOMIC_RELEASE);
	if (mp != sched.poller)
		futexwakeup(&mp->wakeup);
	else if (!sched.poked)
		pollwake();
	sched.poked |= mp == sched.poller;
}

void wakewatcher(void)
{
	if (sched.deep && sched.watcher)
		setwakeup(sched.watcher, Poked);
	sched.deep = false;
}

void deactivate(M *mp)
{
	sched.nsearching -= mp->searching;
	sched.nactive -= mp->active;
	mp->searching = mp->active = false;
}

/* Those that have a stock come first: they are to be called first. */
void linkidle(M *mp)
{
	M **p = &sched.midle;
	while (*p && (*p)->stocked && !mp->stocked)
		p = &(*p)->idlelink;
	mp->idlelink = *p;
	*p = mp;
	sched.nmidle++;
	if (!sched.watcher)
		sched.watcher = mp;
}

static void unlinkidle(M *mp)
{
	M **p = &sched.midle;
	while (*p != mp)
		p = &(*p)->idlelink;
	*p = mp->idlelink;
	sched.nmidle--;
	if (sched.watcher != mp)
		return;
	sched.watcher = sched.midle;
	if (sched.watcher)
		setwakeup(sched.watcher, Poked);
}

void activate(M *mp)
{
	unlinkidle(mp);
	sched.nactive++;
	sched.nsearching++;
	sched.nactivated++;
	mp->active = mp->searching = true;
	mp->stucksince = nanotime();
	stock(mp);
	setneedy();
	setwakeup(mp, Called);
	wakewatcher();
}

M *idlest(void)
{
	M *best = sched.midle;
	for (M *mp = best; mp; mp = mp->idlelink) {
		if (mp != sched.watcher && mp != sched.poller)
			return mp;
		if (mp != sched.watcher)
			best = mp;
	}
	return best;
}
