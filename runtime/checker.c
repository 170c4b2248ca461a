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
 * AddressSanitizer's frames poison what lies between their variables, and
 * clear that when they return: whoever leaves them otherwise must do it. It
 * clears a thread's stack itself before a call that does not return, so it
 * must know which one that is: at each switch, and at each seam. For that no
 * segment is spare, and none is entered or left by the fast way. Its search
 * for leaks reads no mappings but those that it is told of.
 *
 * valgrind/memcheck.h (BSD licence) has the requests: a few instructions
 * that do nothing on a processor. Where that is not installed we are
 * compiled without. AddressSanitizer's functions are there in programs that
 * were compiled for it.
 */
#include "checker.h"
#include "runtime.h"

#define WEAK __attribute__((weak))

WEAK void __asan_unpoison_memory_region(const volatile void *p, size_t n);
WEAK void __lsan_register_root_region(const void *p, size_t n);
WEAK void __lsan_unregister_root_region(const void *p, size_t n);
WEAK void __sanitizer_start_switch_fiber(void **fake, const void *lo, size_t n);
WEAK void __sanitizer_finish_switch_fiber(void *fake, const void **lo,
					  size_t *n);

/* A thread's own stack, which AddressSanitizer knows from the start. */
static __thread struct Own {
	const void *lo;
	size_t n; /* 0: it still thinks so */
} own __attribute__((tls_model("initial-exec")));

static bool asan(void)
{
	return __sanitizer_start_switch_fiber != NULL;
}

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#else
#define RUNNING_ON_VALGRIND		   0
#define VALGRIND_STACK_REGISTER(lo, hi)	   0
#define VALGRIND_STACK_DEREGISTER(id)	   ((void)(id))
#define VALGRIND_MAKE_MEM_UNDEFINED(lo, n) ((void)(lo), (void)(n))
#endif

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
	knobs.checked = RUNNING_ON_VALGRIND || asan();
	knobs.look |= knobs.checked;
	knobs.poison |= asan();
}

static void enregister(uintptr_t lo, uint64_t n)
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

void checkunused(uintptr_t lo, uint64_t n)
{
	if (asan()) {
		__asan_unpoison_memory_region((void *)lo, n);
		fillbytes((void *)lo, 0, n); /* pointers to what is lost */
	}
	VALGRIND_MAKE_MEM_UNDEFINED(lo, n);
}

void checksegment(uintptr_t lo, uint64_t n)
{
	checkunused(lo, n);
	if (!asan())
		enregister(lo, n);
}

void checkfreed(uintptr_t lo, uint64_t n)
{
	Registered *r = asan() ? NULL : unregister(lo);
	if (r)
		VALGRIND_STACK_DEREGISTER(r->id);
	mfree(r);
	checkunused(lo, n);
}

void checkroot(void *lo, uint64_t n)
{
	if (asan())
		__lsan_register_root_region(lo, n);
}

void checknoroot(void *lo, uint64_t n)
{
	if (asan())
		__lsan_unregister_root_region(lo, n);
}

void checkstand(G *gp)
{
	const void *lo = own.lo;
	size_t n = own.n;
	void *fake = NULL;
	if (!asan() || (!gp && !n))
		return;
	if (gp) {
		lo = (void *)gp->stacklo;
		n = gp->stackbase->size;
	}
	__sanitizer_start_switch_fiber(&fake, lo, n);
	__sanitizer_finish_switch_fiber(fake, &lo, &n);
	if (!own.n)
		own = (struct Own){ lo, n };
}
