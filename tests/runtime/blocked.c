/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * blocked.c - goroutines that sleep in the kernel keep no other from running,
 * though each machine that may run goroutines lies in a system call.
 */
#include "scenario.h"

enum { Long = 1500 * 1000 }; /* us: a system call that takes its time */

static volatile int ran;

static void mark(void *arg)
{
	(void)arg;
	ran = 1;
}

static void mark_later(void *arg)
{
	seam_sleep(20 * SEAM_MS);
	mark(arg);
}

static void block(void *arg)
{
	(void)arg;
	usleep(Long);
}

/* Only a deadline waits, in nobody's queue. */
static void deadline(void *arg)
{
	seam_go(mark_later, arg);
	seam_yield();
	block(arg);
	CHECK(ran);
}

/* Who goes on in our place takes the first of two, and blocks as well. */
static void two_behind(void *arg)
{
	seam_go(block, arg);
	seam_go(mark, arg);
	block(arg);
	CHECK(ran);
}

/* Our machine was replaced before and has not gone idle since. */
static void replaced(void *arg)
{
	seam_go(mark, arg);
	usleep(100 * 1000);
	ran = 0;
	seam_go(mark, arg);
	block(arg);
	CHECK(ran);
}

/* It has gone idle, when all were, and was called again. */
static void called_again(void *arg)
{
	seam_go(mark, arg);
	usleep(100 * 1000);
	seam_yield();
	ran = 0;
	seam_go(mark, arg);
	block(arg);
	CHECK(ran);
}

static void test_deadline(void **state)
{
	(void)state;
	ends_well(deadline);
}

static void test_two_behind(void **state)
{
	(void)state;
	ends_well(two_behind);
}

static void test_replaced(void **state)
{
	(void)state;
	ends_well(replaced);
}

static void test_called_again(void **state)
{
	(void)state;
	ends_well(called_again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_two_behind),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_called_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
