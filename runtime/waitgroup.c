/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waitgroup.c - waiting until a count comes to 0. It gets there under the
 * guard alone, and who waits looks under the guard alone: so when it returns
 * nobody is busy with the waitgroup any more, and its memory may go.
 */
#include "waitq.h"

static Lock *guardof(seam_waitgroup *wg)
{
	return (Lock *)&wg->guard;
}

/* What the count would be with N more; false: out of range. */
static bool sum(int64_t count, int64_t n, int64_t *to)
{
	return !__builtin_add_overflow(count, n, to) && *to >= 0;
}

static bool swap(seam_waitgroup *wg, int64_t *count, int64_t to)
{
	return __atomic_compare_exchange_n(&wg->count, count, to, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

/* Add N, perhaps to 0; guarded. */
static int addguarded(seam_waitgroup *wg, int64_t n, Waiter **woken)
{
	int64_t count = __atomic_load_n(&wg->count, __ATOMIC_ACQUIRE), to;
	do {
		if (!sum(count, n, &to))
			return EINVAL;
	} while (!swap(wg, &count, to));
	if (to == 0)
		*woken = takeall(&wg->waiters, Done);
	return 0;
}

static int add(seam_waitgroup *wg, int64_t n)
{
	int64_t count = __atomic_load_n(&wg->count, __ATOMIC_ACQUIRE), to;
	while (sum(count, n, &to) && to > 0)
		if (swap(wg, &count, to))
			return 0;
	Waiter *woken = NULL;
	lock(guardof(wg));
	int e = addguarded(wg, n, &woken);
	unlock(guardof(wg));
	readyall(woken);
	return e;
}

int seam_wg_add(seam_waitgroup *wg, int64_t n)
{
	if (!self())
		return seterr(EPERM);
	return result(wg ? add(wg, n) : EINVAL);
}

int seam_wg_done(seam_waitgroup *wg)
{
	return seam_wg_add(wg, -1);
}

int seam_wg_wait(seam_waitgroup *wg, int64_t deadline)
{
	Waiter w = { .g = NULL };
	int e = maywait(deadline);
	if (e)
		return seterr(e);
	if (!wg)
		return seterr(EINVAL);
	lock(guardof(wg));
	if (__atomic_load_n(&wg->count, __ATOMIC_ACQUIRE) == 0) {
		unlock(guardof(wg));
		return 0;
	}
	enqueue(&wg->waiters, &w);
	return result(await(guardof(wg), &wg->waiters, &w, "waitgroup", wg,
			    deadline));
}
