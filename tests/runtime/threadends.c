/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threadends.c - pthread_exit and pthread_cancel end a thread. On one that
 * runs goroutines they are refused in words, wherever they take effect.
 */
#include "scenario.h"

#include <pthread.h>
#include <time.h>

#define NOINLINE  __attribute__((noinline))
#define UNCHECKED __attribute__((noinline, no_split_stack))

static int exit_in_stackfree;

UNCHECKED void *stackalloc(size_t n)
{
	return malloc(n);
}

/* On the machine's own stack, on which no goroutine is. */
UNCHECKED void stackfree(void *p)
{
	if (exit_in_stackfree)
		pthread_exit(NULL);
	free(p);
}

static NOINLINE void climb(int n, void (*last)(void))
{
	volatile char room[200];
	room[0] = room[199] = 1;
	if (n)
		climb(n - 1, last);
	else
		last();
	room[0]++;
}

static void exits(void)
{
	pthread_exit(NULL);
}

static void cancels_itself(void)
{
	pthread_cancel(pthread_self());
	pthread_testcancel();
}

static void nothing(void)
{
}

static void *exits_outside(void *arg)
{
	exits();
	return arg;
}

static void blocks(void)
{
	seam_blocking(exits_outside, NULL);
}

static void at_once(void *arg)
{
	(void)arg;
	exits();
}

static void deep(void *arg)
{
	(void)arg;
	climb(100, exits);
}

static void cancelled_deep(void *arg)
{
	(void)arg;
	climb(100, cancels_itself);
}

static void outside(void *arg)
{
	(void)arg;
	climb(100, blocks);
}

static void in_another(void *arg)
{
	seam_join(seam_go(deep, arg), SEAM_FOREVER);
}

/* What is spare is given back when the goroutine waits. */
static void between_goroutines(void *arg)
{
	(void)arg;
	climb(100, nothing);
	exit_in_stackfree = 1;
	seam_sleep(SEAM_MS);
}

/* Another thread's: it is heard at libc's next call that may be cancelled. */
static void *cancels_it(void *goroutines)
{
	pthread_cancel(*(pthread_t *)goroutines);
	return NULL;
}

static void cancelled_by_a_thread(void *arg)
{
	pthread_t self = pthread_self(), other;
	(void)arg;
	CHECK(pthread_create(&other, NULL, cancels_it, &self) == 0);
	CHECK(pthread_join(other, NULL) == 0);
	for (;;)
		nanosleep(&(struct timespec){ .tv_nsec = 1000 }, NULL);
}

static void refuses(void (*fn)(void *))
{
	struct ending end = run_with("SEAM_MAXPROCS=2", fn);
	if (!WIFEXITED(end.status) || WEXITSTATUS(end.status) != 2)
		print_error("status %#x: %s\n", end.status, end.said);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 2);
	if (!strstr(end.said, "fatal: pthread_exit or pthread_cancel would "))
		print_error("%s\n", end.said);
	assert_non_null(strstr(end.said,
			       "fatal: pthread_exit or pthread_cancel would "));
}

static void test_exit(void **state)
{
	(void)state;
	refuses(at_once);
	refuses(deep);
	refuses(in_another);
	refuses(outside);
	refuses(between_goroutines);
}

static void test_cancel(void **state)
{
	(void)state;
	refuses(cancelled_deep);
	refuses(cancelled_by_a_thread);
}

static void *ends_before(void *arg)
{
	pthread_exit(arg);
}

static void *ends_cancelled(void *arg)
{
	cancels_itself();
	return arg;
}

/* A thread of the program's own ends as it likes. */
static void own_threads(void *arg)
{
	pthread_t t;
	void *result;
	CHECK(pthread_create(&t, NULL, ends_before, arg) == 0);
	CHECK(pthread_join(t, &result) == 0 && result == arg);
	CHECK(pthread_create(&t, NULL, ends_cancelled, arg) == 0);
	CHECK(pthread_join(t, &result) == 0 && result == PTHREAD_CANCELED);
}

static void test_own_threads(void **state)
{
	(void)state;
	ends_well(own_threads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_own_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
