/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * errnos.c - errno, looked at as C programs do, on goroutines that go on on
 * another thread. At each -O: compilers keep addresses.
 */
#include "scenario.h"

#include <pthread.h>

/* Of each goroutine that waits; one that computes beside it takes its place. */
enum { Pairs = 4, Moves = 20 };

static __attribute__((noinline)) pthread_t thread(void)
{
	__asm__ volatile("");
	return pthread_self();
}

static int waiting = Pairs;

/* Each leaves another errno on its thread. */
static void computes(void *e)
{
	volatile long left;
	while (__atomic_load_n(&waiting, __ATOMIC_RELAXED)) {
		for (left = 20000; left > 0; left--)
			continue;
		errno = (int)(intptr_t)e;
		seam_yield();
		CHECK(errno == (int)(intptr_t)e);
	}
}

static void waits(void *c)
{
	int moves = 0, wrong = 0, x;
	errno = 0;
	while (moves < Moves) {
		pthread_t before = thread();
		if (seam_recv(c, &x, seam_now() + 100 * SEAM_US) < 0
		    && errno != ETIMEDOUT)
			wrong++;
		moves += !pthread_equal(before, thread());
	}
	CHECK(wrong == 0);
	__atomic_sub_fetch(&waiting, 1, __ATOMIC_RELAXED);
}

/* Set on one thread, in a function that looks at it on another. */
static void keeps(void *arg)
{
	(void)arg;
	for (int moves = 0; moves < Moves;) {
		pthread_t before = thread();
		errno = EXDEV;
		CHECK(seam_sleep(100 * SEAM_US) == 0);
		CHECK(errno == EXDEV);
		moves += !pthread_equal(before, thread());
	}
	__atomic_sub_fetch(&waiting, 1, __ATOMIC_RELAXED);
}

static void pairs(void (*fn)(void *), void *arg)
{
	int64_t ids[2 * Pairs];
	for (int i = 0; i < Pairs; i++) {
		ids[2 * i] = seam_go(fn, arg);
		ids[2 * i + 1] = seam_go(computes, (void *)(intptr_t)(i + 200));
	}
	for (int i = 0; i < 2 * Pairs; i++)
		CHECK(seam_join(ids[i], SEAM_FOREVER) == 0);
}

static void many_wait(void *arg)
{
	(void)arg;
	seam_chan *c = seam_chan_make(sizeof(int), 0);
	pairs(waits, c);
	CHECK(seam_chan_free(c) == 0);
}

static void many_keep(void *arg)
{
	pairs(keeps, arg);
}

static void goes(void (*fn)(void *))
{
	struct ending end = run_with("SEAM_MAXPROCS=4", fn);
	if (end.status)
		print_error("%s\n", end.said);
	assert_int_equal(end.status, 0);
}

static void test_after_a_wait(void **state)
{
	(void)state;
	goes(many_wait);
}

static void test_kept(void **state)
{
	(void)state;
	goes(many_keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_after_a_wait),
		cmocka_unit_test(test_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
