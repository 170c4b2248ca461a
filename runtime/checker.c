/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checker.c - see checker.h.
 *
 * valgrind takes a new sp that lies elsewhere for a new stack only where one
 * has been registered; otherwise for a huge frame, or the end of one, and
 * makes what lies between undefined, or inaccessible. What was popped off a
 * stack is inaccessible: so before a segment becomes a block of somebody
 * else's it must be told that this is memory again.
 *
 * valgrind/memcheck.h (BSD licence) has the requests: a few instructions
 * that do nothing on a processor. Where that is not installed we are
 * compiled without.
 */
#include "runtime.h"

#include "checker.h"

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>

/* The number that valgrind has given to the segment at lo. */
typedef struct Registered {
	struct Registered *next;
	uintptr_t lo;
	unsigned id;
} Registered;

static struct Registers {
	Lock lock;
	Registered *at[1024]; /* by address */
} registers;

static Registered **bucket(uintptr_t lo)
{
	return &registers.at[lo / StackMin % nelem(registers.at)];
}

void checkerinit(void)
{
	knobs.checked = RUNNING_ON_VALGRIND;
	knobs.look |= knobs.checked;
}

void checksegment(uintptr_t lo, uint64_t n)
{
	Registered *r = mal(sizeof(*r));
	if (!r)
		return;
	r->lo = lo;
	r->id = VALGRIND_STACK_REGISTER(lo, lo + n - 1);
	lockm(&registers.lock);
	r->next = *bucket(lo);
	*bucket(lo) = r;
	unlock(&registers.lock);
}

void checkunused(uintptr_t lo, uint64_t n)
{
	VALGRIND_MAKE_MEM_UNDEFINED(lo, n);
}

/* The segment at LO leaves the table; NULL: it was never there. */
static Registered *unregister(uintptr_t lo)
{
	lockm(&registers.lock);
	Registered **p = bucket(lo), *r;
	while ((r = *p) && r->lo != lo)
		p = &r->next;
	if (r)
		*p = r->next;
	unlock(&registers.lock);
	return r;
}

void checkfreed(uintptr_t lo, uint64_t n)
{
	Registered *r = unregister(lo);
	if (r)
		VALGRIND_STACK_DEREGISTER(r->id);
	mfree(r);
	checkunused(lo, n);
}

#else

void checkerinit(void)
{
}

void checksegment(uintptr_t lo, uint64_t n)
{
	(void)lo, (void)n;
}

void checkunused(uintptr_t lo, uint64_t n)
{
	(void)lo, (void)n;
}

void checkfreed(uintptr_t lo, uint64_t n)
{
	(void)lo, (void)n;
}

#endif
