/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stock.c - what each M keeps for itself so that taking one needs no lock: dead
 * goroutines and free blocks, its stock. That is worth some megabytes, so no
 * more Ms have one than may run goroutines: when more have and one of them goes
 * idle, its stock is for all.
 *
 * Those outside are counted apart, and as many of them keep theirs: after a
 * short call it is still there, and a thousand long ones cost no more memory
 * than a few.
 */
#include "runtime.h"

void stock(M *mp)
{
	sched.nstocked += !mp->stocked;
	mp->stocked = true;
}

void sharestock(M *mp)
{
	malshare(mp);
	sharefree(mp, mp->ngfree);
}

/* Whether MP had a stock; with sched.lock held. */
static bool unstock(M *mp)
{
	bool had = mp->stocked;
	sched.nstocked -= had;
	mp->stocked = false;
	return had;
}

void shareidle(M *mp)
{
	lockm(&sched.lock);
	bool many = sched.nstocked > sched.maxactive || sched.stopped;
	bool shares = many && unstock(mp);
	unlock(&sched.lock);
	if (shares)
		sharestock(mp);
}

bool stockoutside(M *mp)
{
	return unstock(mp) && sched.nblocking > sched.maxactive;
}
