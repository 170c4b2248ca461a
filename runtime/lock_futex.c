/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_futex.c - a lock in a word: 0 free, 1 held, 2 held and waited for
 * (U. Drepper, "Futexes Are Tricky", mutex2).
 */
#include "runtime.h"

enum { Spins = 40 }; /* about as long as the longest section under a lock */

static bool trylock(Lock *l)
{
	uint32_t free = 0;
	return __atomic_compare_exchange_n(&l->key, &free, 1, false,
					   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static NOSPLIT void *lockslow(void *arg)
{
	Lock *l = arg;
	while (__atomic_exchange_n(&l->key, 2, __ATOMIC_ACQUIRE) != 0)
		futexsleep(&l->key, 2, INT64_MAX);
	return NULL;
}

static NOSPLIT void *unlockslow(void *arg)
{
	Lock *l = arg;
	futexwakeup(&l->key);
	return NULL;
}

void lock(Lock *l)
{
	for (int i = 0; i < Spins; i++) {
		if (trylock(l))
			return;
		__builtin_ia32_pause();
	}
	systemstack(lockslow, l);
}

void unlock(Lock *l)
{
	if (__atomic_exchange_n(&l->key, 0, __ATOMIC_RELEASE) == 2)
		systemstack(unlockslow, l);
}
