/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread.h - what running code does without a call: find its M, its guard and
 * a large stack, take a lock, see whether it may wait. Part of runtime.h.
 */
#ifndef THREAD_H
#define THREAD_H

#include "runtime.h"
#include "stress.h"

/*
 * The thread's M, or NULL on a thread without one. Read anew at each call: a
 * goroutine goes on on another thread whenever it has waited, and a compiler
 * may keep the address of a thread-local variable across that.
 */
static inline M *getm(void)
{
	M *mp;
	__asm__ volatile("movq m@gottpoff(%%rip), %0\n\t"
			 "movq %%fs:(%0), %0"
			 : "=r"(mp));
	return mp;
}

/* The running goroutine; NULL on a thread that runs none. */
static inline G *getg(void)
{
	M *mp = getm();
	return mp ? mp->curg : NULL;
}

/*
 * The G of the calling thread, which has no M: foreign.c. NULL: the runtime
 * does not run, or there is no memory.
 */
G *foreign(void);

/* Who calls: the running goroutine, or the thread. NULL: as foreign(). */
static inline G *self(void)
{
	M *mp = getm();
	return __builtin_expect(mp != NULL, 1) ? mp->curg : foreign();
}

/* What the prologue compares sp with; 0 on g0 and on foreign threads. */
static inline uintptr_t getguard(void)
{
	uintptr_t guard;
	__asm__ volatile("movq %%fs:%c1, %0" : "=r"(guard) : "i"(TCB_GUARD));
	return guard;
}

/* Where roomguard (widened.c) is, from the thread's %fs. */
static inline int64_t roomguardplace(void)
{
	int64_t place;
	__asm__("movq roomguard@gottpoff(%%rip), %0" : "=r"(place));
	return place;
}

static inline void setguard(uintptr_t guard)
{
	__asm__ volatile("movq %0, %%fs:%c1" : : "r"(guard), "i"(TCB_GUARD));
	__asm__ volatile("movq %0, %%fs:(%1)"
			 :
			 : "r"(guard + RoomGuard), "r"(roomguardplace()));
}

/*
 * Whether we stand on this thread's signal stack. It must not be left: the
 * next signal would begin at its top again.
 */
static inline bool onsigstack(void)
{
	M *mp = getm();
	uintptr_t sp = (uintptr_t)__builtin_frame_address(0);
	return mp && sp >= mp->sigstack && sp < mp->sigend;
}

/* fn(arg) on a large stack: on g0, or here when this is no goroutine's. */
static inline void *systemstack(void *(*fn)(void *), void *arg)
{
	return getguard() && !onsigstack() ? ong0(fn, arg) : fn(arg);
}

/*
 * The light half of a barrier whose heavy half is oswritebarrier(): what this
 * thread stored before is seen by whoever has passed that, or this thread
 * sees from here on what that one stored before. See runq.h.
 */
static inline void lightfence(void)
{
	if (__builtin_expect(sched.fenced, 0))
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* Wait for it: lock.c. */
void lockslow(Lock *l);

/* A lock that machines take too: they do not count as running goroutines. */
static inline void lockm(Lock *l)
{
	if (__atomic_exchange_n(&l->key, 1, __ATOMIC_ACQUIRE))
		lockslow(l);
}

/*
 * A lock of what only goroutines use: free while there is but one M that runs
 * them (sched.alone).
 */
static inline void lock(Lock *l)
{
	if (!sched.alone)
		lockm(l);
}

/* Make *P TO if it is *FROM; otherwise *FROM is what it is. For goroutines. */
static inline __attribute__((always_inline)) bool
swap32(uint32_t *p, uint32_t *from, uint32_t to)
{
	if (!sched.alone)
		return __atomic_compare_exchange_n(
			p, from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
	uint32_t is = *p;
	if (is != *from) {
		*from = is;
		return false;
	}
	*p = to;
	return true;
}

/* The same for a word; what it is instead is not told. */
static inline bool swap64(uint64_t *p, uint64_t from, uint64_t to)
{
	if (!sched.alone)
		return __atomic_compare_exchange_n(p, &from, to, false,
						   __ATOMIC_SEQ_CST,
						   __ATOMIC_RELAXED);
	if (*p != from)
		return false;
	*p = to;
	return true;
}

static inline void unlock(Lock *l)
{
	__atomic_store_n(&l->key, 0, __ATOMIC_RELEASE);
}

/* Take on to wake GP from its wait WAIT. False: it is over, or claimed. */
static inline bool claim(G *gp, uint64_t wait)
{
	return swap64(&gp->wait, wait, wait | 1);
}

/* ticks() of some time in the last ten milliseconds or so: a tenth of the
 * price. */
static inline uint64_t recentticks(void)
{
	return knobs.stay ? ticks() : sched.ticks;
}

/* What a function of seam.h returns for E: 0, or -1 with errno E. */
static inline int result(int e)
{
	return e ? seterr(e) : 0;
}

/* Whether DEADLINE has gone by: then nobody waits for it. */
static inline bool gone(int64_t deadline)
{
	return deadline <= 0
	       || (deadline != INT64_MAX && deadline <= seam_now());
}

/* 0, or why the caller cannot wait until DEADLINE. */
static inline int maywait(int64_t deadline)
{
	maybeyield(deadline);
	G *gp = self();
	if (!gp)
		return EPERM;
	return deadline > 0 && cancelled(gp) ? ECANCELED : 0;
}

#endif
