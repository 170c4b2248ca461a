/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.c - waiting for a Lock. Whoever holds one is in a section of some tens
 * of instructions, as a rule, and waits for nothing but another lock: it is
 * soon back, unless the kernel has taken its processor away. Some sections are
 * longer: pages that are asked for (mal.c), a row of deadlines that is spread
 * (timers.c), a descriptor whose closing lingers (netpoll.c).
 *
 * There is no queue and no futex here, so that releasing is a plain store:
 * gswitch (asm/morestack.S) does it as the last thing it does for a goroutine
 * that waits. Who finds a lock held spins, then lets other threads run, then
 * sleeps a little each time. An M that does is not stuck in a system call: one
 * that went on in its place would mostly come to the same lock.
 */
#include "runtime.h"

enum {
	Spins = 100,	 /* about as long as the longest section */
	Yields = 100,	 /* then the holder must have lost its processor */
	Nap = 50 * 1000, /* ns */
};

static bool trylock(Lock *l)
{
	return !__atomic_load_n(&l->key, __ATOMIC_RELAXED)
	       && !__atomic_exchange_n(&l->key, 1, __ATOMIC_ACQUIRE);
}

static NOSPLIT void *waitforlock(void *arg)
{
	Lock *l = arg;
	M *mp = getm();
	for (int i = 0; !trylock(l); i++) {
		if (i < Yields) {
			osyield();
			continue;
		}
		osnap(Nap);
		if (mp)
			mp->stucksince = nanotime();
	}
	return NULL;
}

void lockslow(Lock *l)
{
	for (int i = 0; i < Spins; i++) {
		__builtin_ia32_pause();
		if (trylock(l))
			return;
	}
	systemstack(waitforlock, l);
}
