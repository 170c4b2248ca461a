/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutex.c - mutual exclusion. m->state is a set of
 *
 *	Held	m->owner has it
 *	Waited	m->waiters may not be empty: unlocking has more to do
 *	Woken	one who waited has been woken and will look soon: unlocking
 *		need not wake another
 *
 * Without waiters locking and unlocking are a compare-and-swap each. (An
 * unlocking without one would have to look for waiters after it has written
 * that the mutex is free, and a processor may do that the other way round.)
 *
 * Unlocking wakes the longest waiting but leaves the mutex free, so that who
 * runs may lock it first. To hand it over would stop everybody until the
 * woken one's turn comes; that is a few hundred times as long as most hold
 * it. One who was woken and finds it held again goes back to the front, and
 * then it is handed over. So nobody is overtaken after the first wake-up.
 */
#include "waitq.h"

enum { Held = 1, Waited = 2, Woken = 4 };

static Lock *guardof(seam_mutex *m)
{
	return (Lock *)&m->guard;
}

/* Make m->state TO if it is *STATE; otherwise *STATE is read anew. */
static ALWAYS_INLINE bool swap(seam_mutex *m, uint32_t *state, uint32_t to)
{
	return swap32(&m->state, state, to);
}

static bool trytake(seam_mutex *m, G *gp)
{
	uint32_t state = __atomic_load_n(&m->state, __ATOMIC_RELAXED);
	while (!(state & Held))
		if (swap(m, &state, state | Held)) {
			m->owner = gp;
			return true;
		}
	return false;
}

/* Take it, or let its owner know that it is waited for; with the guard. */
static bool takeorask(seam_mutex *m, G *gp)
{
	uint32_t state = Held;
	do {
		if (trytake(m, gp))
			return true;
		state |= Held;
	} while (!swap(m, &state, state | Waited));
	return false;
}

/* await or awaitsurely */
typedef int (*Wait)(Lock *l, Waitq *q, Waiter *w, const char *reason,
		    void *waiton, int64_t deadline);

static int lockby(Wait wait, seam_mutex *m, G *gp, int64_t deadline)
{
	Waiter w;
	w.tried = false;
	lock(guardof(m));
	while (!takeorask(m, gp)) {
		if (w.tried)
			enqueuefirst(&m->waiters, &w);
		else
			enqueue(&m->waiters, &w);
		int e = wait(guardof(m), &m->waiters, &w, "mutex lock", m,
			     deadline);
		if (e || m->owner == gp)
			return e;
		w.tried = true;
		lock(guardof(m));
		__atomic_fetch_and(&m->state, ~(uint32_t)Woken,
				   __ATOMIC_RELAXED);
	}
	unlock(guardof(m));
	return 0;
}

/* Others wait: wake one, or hand the mutex over. We still hold it. */
static void unlockwaited(seam_mutex *m)
{
	lock(guardof(m));
	Waiter *w = take(&m->waiters);
	uint32_t state = m->waiters.first ? Waited : 0;
	if (w && w->tried) {
		m->owner = w->g;
		state |= Held;
	} else if (w) {
		state |= Woken;
	}
	/* While it is held nobody else writes the state without the guard. */
	__atomic_store_n(&m->state, state, __ATOMIC_RELEASE);
	if (w)
		w->outcome = Done;
	unlock(guardof(m));
	if (w)
		ready(w->g);
}

static __attribute__((noinline)) void letgowaited(seam_mutex *m, uint32_t state)
{
	while (!(state & Waited) || (state & Woken))
		if (swap(m, &state, state & ~(uint32_t)Held))
			return;
	unlockwaited(m);
}

void letgo(seam_mutex *m)
{
	uint32_t state = Held;
	m->owner = NULL;
	if (!swap(m, &state, 0))
		letgowaited(m, state);
}

void locksurely(seam_mutex *m)
{
	G *gp = self();
	if (!trytake(m, gp))
		lockby(awaitsurely, m, gp, SEAM_FOREVER);
}

/* A call in whose place no jump may stand: the user called the function that it
 * is in, and is to see that on the stack. */
#define STAY(call)                                                             \
	({                                                                     \
		int stay_result = (call);                                      \
		__asm__ volatile("");                                          \
		stay_result;                                                   \
	})

static __attribute__((noinline)) int lockslowly(seam_mutex *m, int64_t deadline)
{
	int e = maywait(deadline);
	if (e)
		return seterr(e);
	if (!m)
		return seterr(EINVAL);
	G *gp = self();
	if (trytake(m, gp))
		return 0;
	if (m->owner == gp)
		return seterr(EDEADLK);
	if (gone(deadline))
		return seterr(ETIMEDOUT);
	return result(lockby(await, m, gp, deadline));
}

int seam_lock(seam_mutex *m, int64_t deadline)
{
	G *gp = getg();
	uint32_t unheld = 0;
	if (!gp || !m || cancelled(gp) || !swap(m, &unheld, Held))
		return STAY(lockslowly(m, deadline));
	m->owner = gp;
	return 0;
}

int seam_trylock(seam_mutex *m)
{
	G *gp = self();
	if (!gp)
		return seterr(EPERM);
	if (!m)
		return seterr(EINVAL);
	return trytake(m, gp) ? 0 : seterr(EBUSY);
}

static __attribute__((noinline)) int unlockslowly(seam_mutex *m)
{
	G *gp = self();
	if (gp && !m)
		return seterr(EINVAL);
	if (!gp || m->owner != gp)
		return seterr(EPERM);
	letgo(m);
	return 0;
}

int seam_unlock(seam_mutex *m)
{
	G *gp = getg();
	uint32_t state = Held;
	if (!gp || !m || m->owner != gp)
		return STAY(unlockslowly(m));
	m->owner = NULL;
	if (!swap(m, &state, 0))
		letgowaited(m, state);
	return 0;
}
