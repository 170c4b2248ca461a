/* SPDX-License-Identifier: BSD-2-Clause */
/* groups.c - waitgroups, and functions that run once. */
#include "together.h"

static seam_waitgroup wg;

static void wg_errors(void *arg)
{
	(void)arg;
	FAILS(seam_wg_add(NULL, 1), EINVAL);
	FAILS(seam_wg_done(NULL), EINVAL);
	FAILS(seam_wg_wait(NULL, 0), EINVAL);
	FAILS(seam_wg_done(&wg), EINVAL);
	FAILS(seam_wg_add(&wg, -1), EINVAL);
	CHECK(seam_wg_wait(&wg, 0) == 0);
	CHECK(seam_wg_wait(&wg, SEAM_FOREVER) == 0);
	CHECK(seam_wg_add(&wg, INT64_MAX) == 0);
	FAILS(seam_wg_add(&wg, 1), EINVAL);
	FAILS(seam_wg_wait(&wg, 0), ETIMEDOUT);
	FAILS(seam_wg_wait(&wg, seam_now() + SEAM_MS), ETIMEDOUT);
	CHECK(seam_wg_add(&wg, -INT64_MAX) == 0);
	CHECK(seam_wg_wait(&wg, 0) == 0);
	CHECK(wg.count == 0 && empty(&wg.waiters));
}

static void nothing(void *arg)
{
	(void)arg;
}

static void test_wg_errors(void **state)
{
	(void)state;
	assert_int_equal(seam_wg_add(&wg, 1), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_wg_wait(&wg, 0), -1);
	assert_int_equal(errno, EPERM);
	ends_well(wg_errors);
}

/* What wait returns for has happened, and then the waitgroup is nobody's. */
struct round {
	seam_waitgroup wg;
	int done;
};

static void works(void *arg)
{
	struct round *r = arg;
	__atomic_add_fetch(&r->done, 1, __ATOMIC_SEQ_CST);
	CHECK(seam_wg_done(&r->wg) == 0);
}

static void waits_round(void *arg)
{
	(void)arg;
	for (int i = 0; i < 500; i++) {
		struct round r = { .done = 0 };
		CHECK(seam_wg_add(&r.wg, 4) == 0);
		for (int j = 0; j < 4; j++)
			seam_go(works, &r);
		while (seam_wg_wait(&r.wg, i % 2 ? SEAM_FOREVER
						 : seam_now() + 2 * SEAM_US)
		       < 0)
			CHECK(errno == ETIMEDOUT);
		CHECK(r.done == 4);
		memset(&r, 0xdb, sizeof(r));
	}
}

static void wg_rounds(void *arg)
{
	(void)arg;
	for (int i = 0; i < 4; i++)
		start(waits_round, NULL);
	join();
}

static void test_wg_rounds(void **state)
{
	(void)state;
	ends_well(wg_rounds);
}

static void waits_wg(void *arg)
{
	(void)arg;
	CHECK(seam_wg_wait(&wg, SEAM_FOREVER) == 0);
}

static void wg_many(void *arg)
{
	(void)arg;
	CHECK(seam_wg_add(&wg, 2) == 0);
	for (int i = 0; i < 5; i++)
		start(waits_wg, NULL);
	UNTIL(waiting(&wg.waiters) == 5);
	CHECK(seam_wg_done(&wg) == 0 && waiting(&wg.waiters) == 5);
	CHECK(seam_wg_done(&wg) == 0);
	join();
}

static void test_wg_many(void **state)
{
	(void)state;
	ends_well(wg_many);
}

static int waits(void *arg)
{
	CHECK(seam_wg_wait(arg, SEAM_FOREVER) == -1);
	return errno;
}

static void wg_cancel(void *arg)
{
	(void)arg;
	CHECK(seam_wg_add(&wg, 1) == 0);
	cancels(waits, &wg);
	CHECK(empty(&wg.waiters));
}

static void test_wg_cancel(void **state)
{
	(void)state;
	ends_well(wg_cancel);
}

/*
 * Once
 */

static seam_once_t once;
static int runs, after, late;

static void again(void *arg)
{
	FAILS(seam_once(&once, nothing, arg), EDEADLK);
}

static void once_errors(void *arg)
{
	(void)arg;
	FAILS(seam_once(NULL, nothing, NULL), EINVAL);
	FAILS(seam_once(&once, NULL, NULL), EINVAL);
	CHECK(seam_once(&once, again, NULL) == 0);
}

static void test_once_errors(void **state)
{
	(void)state;
	assert_int_equal(seam_once(&once, nothing, NULL), -1);
	assert_int_equal(errno, EPERM);
	ends_well(once_errors);
}

/* It is not over before all the others wait for it, one of them cancelled. */
static void runs_once(void *arg)
{
	(void)arg;
	runs++;
	UNTIL(waiting(&once.waiters) == 9);
	CHECK(seam_cancel(late) == 0);
	seam_sleep(SEAM_MS);
	CHECK(waiting(&once.waiters) == 9);
	__atomic_store_n(&after, 1, __ATOMIC_SEQ_CST);
}

static void wants(void *arg)
{
	CHECK(seam_once(&once, runs_once, arg) == 0);
	CHECK(__atomic_load_n(&after, __ATOMIC_SEQ_CST) && runs == 1);
}

static void run_once(void *arg)
{
	(void)arg;
	for (int i = 0; i < 9; i++) {
		start(wants, NULL);
		UNTIL(once.runner);
	}
	late = (int)seam_go(wants, NULL);
	CHECK(seam_join(late, SEAM_FOREVER) == 0);
	join();
	wants(NULL);
}

static void test_once(void **state)
{
	(void)state;
	ends_well(run_once);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wg_errors),
		cmocka_unit_test(test_wg_rounds),
		cmocka_unit_test(test_wg_many),
		cmocka_unit_test(test_wg_cancel),
		cmocka_unit_test(test_once_errors),
		cmocka_unit_test(test_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
