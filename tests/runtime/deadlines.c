/* SPDX-License-Identifier: BSD-2-Clause */
/* deadlines.c - many deadlines: in which order they end waits, and that all do.
 */
#include "scenario.h"

#include <stdbool.h>

/* So many, at so many nanoseconds from one to the next, in no order; some get
 * what they wait for before. */
enum { Many = 20000, Step = 7001, Stride = 7919, Served = 3 };

static seam_chan *never, *served;
static int64_t first; /* of the deadlines */
static int begun, ended, given;
static int64_t latest; /* of those that have ended a wait */
static bool disorder;

static int64_t deadline_of(void *arg)
{
	return first + (intptr_t)arg * Stride % Many * Step;
}

static void waits(void *arg)
{
	int64_t mine = deadline_of(arg);
	int value;
	begun++;
	FAILS(seam_recv(never, &value, mine), ETIMEDOUT);
	CHECK(seam_now() >= mine);
	disorder |= mine <= latest;
	latest = mine;
	ended++;
}

static void is_served(void *arg)
{
	int value;
	begun++;
	given += seam_recv(served, &value, deadline_of(arg)) == 0;
	ended++;
}

/* Whether all waited before the first deadline came, LEAD from now. */
static bool all_wait(int64_t lead)
{
	first = seam_now() + lead;
	begun = ended = given = 0;
	latest = 0;
	disorder = false;
	for (intptr_t i = 0; i < Many; i++)
		seam_go(i % Served ? waits : is_served, (void *)i);
	while (begun < Many)
		seam_yield();
	for (int i = 0; i < Many; i += Served)
		if (seam_send(served, &i, first))
			return false;
	return true;
}

/* On one M. A machine that is slow gets more time before the first. */
static void in_order(void *arg)
{
	int64_t lead = 100 * SEAM_MS;
	(void)arg;
	never = seam_chan_make(sizeof(int), 0);
	served = seam_chan_make(sizeof(int), 0);
	for (bool waited = false; !waited; lead *= 2) {
		waited = all_wait(lead);
		UNTIL(ended == Many);
		CHECK(!waited || !disorder);
		CHECK(!waited || given == (Many + Served - 1) / Served);
	}
}

/* One that is over before it is asked for, beside others that are not. */
static void over(void *arg)
{
	int value;
	(void)arg;
	never = seam_chan_make(sizeof(int), 0);
	for (int64_t i = 0; i < 1000; i++) {
		int64_t now = seam_now();
		FAILS(seam_recv(never, &value, now + i), ETIMEDOUT);
		FAILS(seam_recv(never, &value, now - i * SEAM_MS), ETIMEDOUT);
		FAILS(seam_recv(never, &value, i - 500), ETIMEDOUT);
	}
}

/* Many at once on several Ms, served and cancelled at random moments. */
static void trouble(void *arg)
{
	int value;
	for (int64_t i = (intptr_t)arg; i < 200000; i += 997)
		seam_recv(served, &value, seam_now() + i);
	__atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
}

static void troubled(void *arg)
{
	enum { Troubled = 500 };
	(void)arg;
	ended = 0;
	served = seam_chan_make(sizeof(int), 0);
	for (intptr_t i = 0; i < Troubled; i++)
		seam_go(trouble, (void *)i);
	for (int i = 0; __atomic_load_n(&ended, __ATOMIC_SEQ_CST) < Troubled;
	     i++)
		seam_send(served, &i, seam_now() + 100 * SEAM_US);
}

static void test_order(void **state)
{
	(void)state;
	struct ending end = run_with("SEAM_MAXPROCS=1", in_order);
	if (end.status)
		print_error("%s\n", end.said);
	assert_int_equal(end.status, 0);
}

static void test_over(void **state)
{
	(void)state;
	ends_well(over);
}

static void test_trouble(void **state)
{
	(void)state;
	ends_well(troubled);
}

/*
 * Beside one who computes in slices: a look around comes after 61 of them, so
 * one deadline a third of a second would be kept, where nobody else looked.
 */
static bool kept;

static void slices(void *arg)
{
	(void)arg;
	while (!kept) {
		int64_t end = seam_now() + 5 * SEAM_MS;
		while (seam_now() < end)
			;
		seam_yield();
	}
}

static void beside_slices(void *arg)
{
	int64_t begin = seam_now(), id = seam_go(slices, arg);
	for (int i = 0; i < 20; i++)
		seam_sleep(SEAM_MS);
	CHECK(seam_now() - begin < 2 * SEAM_S);
	kept = true;
	CHECK(seam_join(id, SEAM_FOREVER) == 0);
}

static void test_beside_slices(void **state)
{
	(void)state;
	assert_int_equal(run_with("SEAM_MAXPROCS=1", beside_slices).status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_over),
		cmocka_unit_test(test_trouble),
		cmocka_unit_test(test_beside_slices),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
