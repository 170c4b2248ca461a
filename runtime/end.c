/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * end.c - the ends of goroutines: who waits for one (seam_join), who wishes
 * for one (seam_cancel).
 *
 * A goroutine that ends pays for this with one compare-and-swap of its
 * g->joiners, and nothing where it is made: the word is
 *
 *	goid << 2 | Ended	goroutine GOID has ended; nobody wants anything
 *of a later one with this G
 *	Waiter * | Cancelled	those who join it, newest first; NULL: nobody.
 *				Cancelled: seam_cancel() was called for it
 *
 * and begins as 0. joinlock is held for every change of it but one: from
 * "ended" or 0 to "ended" by the goroutine itself. So who holds joinlock and
 * changes it from one of these makes sure by a compare-and-swap that this has
 * not happened.
 */
#include "waitq.h"

enum { Ended = 1, IdShift = 2, Recent = 4096 };

static Lock joinlock; /* before sched.lock */

/* Where the Gs of goroutines were seen; seen[goid % Recent] is a guess. */
static G *seen[Recent];

/* All Gs are looked at; what is seen on the way will be found at once. */
static G *lookatall(int64_t id)
{
	G *found = NULL;
	G *gp = __atomic_load_n(&allg, __ATOMIC_ACQUIRE);
	for (; gp; gp = gp->alllink) {
		int64_t goid = __atomic_load_n(&gp->goid, __ATOMIC_RELAXED);
		__atomic_store_n(&seen[goid % Recent], gp, __ATOMIC_RELAXED);
		if (goid == id)
			found = gp;
	}
	return found;
}

/* The G that goroutine ID has, or had last; NULL: another has it now. */
static G *find(int64_t id)
{
	G *gp = __atomic_load_n(&seen[id % Recent], __ATOMIC_RELAXED);
	if (gp && __atomic_load_n(&gp->goid, __ATOMIC_RELAXED) == id)
		return gp;
	return lookatall(id);
}

/* Whether ID was ever given to a goroutine. */
static bool given(int64_t id)
{
	return id > 0
	       && id <= __atomic_load_n(&sched.goidgen, __ATOMIC_ACQUIRE);
}

static uintptr_t endof(int64_t id)
{
	return (uintptr_t)id << IdShift | Ended;
}

/* What is wanted of gp's present goroutine, given its word. */
static uintptr_t wanted(uintptr_t word)
{
	return word & Ended ? 0 : word;
}

static Waiter *joinersof(uintptr_t word)
{
	return (Waiter *)(wanted(word) & ~(uintptr_t)Cancelled);
}

static uintptr_t wordof(Waiter *joiners, uintptr_t flag)
{
	return (uintptr_t)joiners | flag;
}

/* With joinlock held: gp's word; false: goroutine ID, whose it was, ended. */
static bool lives(G *gp, int64_t id, uintptr_t *word)
{
	*word = __atomic_load_n(&gp->joiners, __ATOMIC_ACQUIRE);
	return *word != endof(id)
	       && __atomic_load_n(&gp->goid, __ATOMIC_RELAXED) == id;
}

/* With joinlock held: change gp's word; false: it has ended just now. */
static bool change(G *gp, uintptr_t from, uintptr_t to)
{
	return swap64(&gp->joiners, from, to);
}

static bool addjoiner(G *gp, int64_t id, Waiter *w)
{
	uintptr_t word;
	if (!lives(gp, id, &word))
		return false;
	w->prev = NULL;
	w->next = joinersof(word);
	w->queued = true;
	if (!change(gp, word, wordof(w, wanted(word) & Cancelled)))
		return false;
	if (w->next)
		w->next->prev = w;
	return true;
}

/* As long as there are joiners the goroutine leaves the word to joinlock. */
static void dropjoiner(G *gp, Waiter *w)
{
	uintptr_t word = __atomic_load_n(&gp->joiners, __ATOMIC_RELAXED);
	if (w->next)
		w->next->prev = w->prev;
	if (w->prev)
		w->prev->next = w->next;
	else
		__atomic_store_n(&gp->joiners,
				 wordof(w->next, word & Cancelled),
				 __ATOMIC_SEQ_CST);
}

/* Wait for goroutine ID, which has GP unless it ends before we look. */
static int join(G *gp, int64_t id, int64_t deadline)
{
	Waiter w = { .g = self() };
	lock(&joinlock);
	if (!addjoiner(gp, id, &w)) {
		unlock(&joinlock);
		return 0;
	}
	w.wait = beginwaiting(w.g, &joinlock);
	int e = ECANCELED;
	if (!givenup(w.g, w.wait)) {
		park(&joinlock, "join", gp, deadline);
		e = endwaiting(w.g);
		if (w.outcome == Done)
			return 0;
		lock(&joinlock);
	}
	if (w.queued)
		dropjoiner(gp, &w);
	unlock(&joinlock);
	return e;
}

int seam_join(int64_t id, int64_t deadline)
{
	int e = maywait(deadline);
	if (e)
		return seterr(e);
	if (!given(id))
		return seterr(ESRCH);
	if (id == self()->goid)
		return seterr(EDEADLK);
	G *gp = find(id);
	uintptr_t word;
	if (!gp || !lives(gp, id, &word))
		return 0;
	return !gone(deadline) ? result(join(gp, id, deadline))
			       : seterr(ETIMEDOUT);
}

/*
 * Claim the wait of GP, if it can be cancelled, and return its lock. The
 * number is read first: if it is still the same in the end, the lock is that
 * wait's.
 */
static Lock *claimwait(G *gp)
{
	uint64_t wait = __atomic_load_n(&gp->wait, __ATOMIC_ACQUIRE);
	Lock *l = __atomic_load_n(&gp->waitlock, __ATOMIC_ACQUIRE);
	return l && !(wait & 1) && claim(gp, wait) ? l : NULL;
}

static NOSPLIT void *barriercall(void *arg)
{
	oswritebarrier();
	return arg;
}

/* The lock of the wait that we have ended so; NULL: there was none. */
static Lock *cancel(G *gp, int64_t id)
{
	uintptr_t word;
	Lock *l = NULL;
	lock(&joinlock);
	/* It cannot end before joinlock is released: it finds Cancelled. */
	if (lives(gp, id, &word)
	    && change(gp, word, wanted(word) | Cancelled)) {
		systemstack(barriercall, NULL);
		l = claimwait(gp);
	}
	unlock(&joinlock);
	return l;
}

/* GP's wait is ours; its lock says whether it has left its stack: wait.c. */
static void wakecancelled(G *gp, Lock *l)
{
	lock(l);
	unlock(l);
	ready(gp);
}

int seam_cancel(int64_t id)
{
	if (!self())
		return seterr(EPERM);
	if (!given(id))
		return seterr(ESRCH);
	G *gp = find(id);
	Lock *l = gp ? cancel(gp, id) : NULL;
	if (!l)
		return 0;
	wakecancelled(gp, l);
	return 0;
}

void cancelwait(G *gp)
{
	__atomic_store_n(&gp->joiners, Cancelled, __ATOMIC_SEQ_CST);
	systemstack(barriercall, NULL);
	Lock *l = claimwait(gp);
	if (l)
		wakecancelled(gp, l);
}

/*
 * What goroutine ID leaves
 */

static Waiter *takejoiners(G *gp, int64_t id)
{
	Waiter *list = NULL, *next;
	lock(&joinlock);
	uintptr_t word =
		__atomic_exchange_n(&gp->joiners, endof(id), __ATOMIC_SEQ_CST);
	for (Waiter *w = joinersof(word); w; w = next) {
		next = w->next;
		w->queued = false;
		if (!claim(w->g, w->wait))
			continue;
		w->outcome = Done;
		w->next = list;
		list = w;
	}
	unlock(&joinlock);
	return list;
}

/* What few need is in functions of its own: ending() has no frame so. */
static __attribute__((noinline)) void wakejoiners(G *gp)
{
	readyall(takejoiners(gp, gp->goid));
}

static __attribute__((noinline)) void endwithlocals(G *gp)
{
	freelocals(gp);
	wakejoiners(gp);
}

void ending(G *gp)
{
	if (gp->locals) {
		endwithlocals(gp);
		return;
	}
	uintptr_t word = __atomic_load_n(&gp->joiners, __ATOMIC_RELAXED);
	if (wanted(word) || !change(gp, word, endof(gp->goid)))
		wakejoiners(gp);
}
