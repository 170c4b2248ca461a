/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread.h - what running code does without a call: find its M, its guard and
 * a large stack, move bytes, take a lock. Part of runtime.h.
 */
#ifndef THREAD_H
#define THREAD_H

#include "runtime.h"

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

/* What the prologue compares sp with; 0 on g0 and on foreign threads. */
static inline uintptr_t getguard(void)
{
	uintptr_t guard;
	__asm__ volatile("movq %%fs:%c1, %0" : "=r"(guard) : "i"(TCB_GUARD));
	return guard;
}

/*
 * Not libc's: goroutines have no room for it, and its AVX code would spoil
 * vector arguments and results while stacks change.
 */
static inline void copybytes(void *to, const void *from, uint64_t n)
{
	__asm__ volatile("rep movsb"
			 : "+D"(to), "+S"(from), "+c"(n)
			 :
			 : "memory");
}

static inline void fillbytes(void *to, int byte, uint64_t n)
{
	__asm__ volatile("rep stosb"
			 : "+D"(to), "+c"(n)
			 : "a"(byte)
			 : "memory");
}

static inline void setguard(uintptr_t guard)
{
	__asm__ volatile("movq %0, %%fs:%c1" : : "r"(guard), "i"(TCB_GUARD));
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

/* Wait for it: lock.c. */
void lockslow(Lock *l);

static inline void lock(Lock *l)
{
	if (__atomic_exchange_n(&l->key, 1, __ATOMIC_ACQUIRE))
		lockslow(l);
}

static inline void unlock(Lock *l)
{
	__atomic_store_n(&l->key, 0, __ATOMIC_RELEASE);
}

#endif
