/* SPDX-License-Identifier: BSD-2-Clause */
/* mutexes.c - one at a time, and everybody some time. */
#include "together.h"

static seam_mutex m;

static void strangers_mutex(void *arg)
{
	(void)arg;
	FAILS(seam_unlock(&m), EPERM);
	FAILS(seam_trylock(&m), EBUSY);
	FAILS(seam_lock(&m, 0), ETIMEDOUT);
	FAILS(seam_lock(&m, seam_now() + SEAM_MS), ETIMEDOUT);
	CHECK(empty(&m.waiters));
}

static void mutex_errors(void *arg)
{
	(void)arg;
	FAILS(seam_lock(NULL, 0), EINVAL);
	FAILS(seam_trylock(NULL), EINVAL);
	FAILS(seam_unlock(NULL), EINVAL);
	FAILS(seam_unlock(&m), EPERM);
	CHECK(seam_lock(&m, 0) == 0);
	FAILS(seam_lock(&m, SEAM_FOREVER), EDEADLK);
	FAILS(seam_trylock(&m), EBUSY);
	start(strangers_mutex, NULL);
	join();
	CHECK(seam_unlock(&m) == 0);
	FAILS(seam_unlock(&m), EPERM);
	CHECK(seam_trylock(&m) == 0 && seam_unlock(&m) == 0);
}

static void test_mutex_errors(void **state)
{
	(void)state;
	assert_int_equal(seam_lock(&m, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_trylock(&m), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_unlock(&m), -1);
	assert_int_equal(errno, EPERM);
	ends_well(mutex_errors);
}

static int inside, shared;

static void increments(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3000; i++) {
		/* Some wait without end, some give up and come again. */
		while (seam_lock(&m, i % 3 ? SEAM_FOREVER
					   : seam_now() + 5 * SEAM_US)
		       < 0)
			CHECK(errno == ETIMEDOUT);
		CHECK(inside++ == 0);
		int s = shared;
		if (i % 8 == 0)
			seam_yield();
		shared = s + 1;
		CHECK(--inside == 0);
		CHECK(seam_unlock(&m) == 0);
	}
}

static void mutex_race(void *arg)
{
	(void)arg;
	for (int i = 0; i < 8; i++)
		start(increments, NULL);
	join();
	CHECK(shared == 8 * 3000);
	CHECK(m.state == 0 && !m.owner && empty(&m.waiters));
}

static void test_mutex_race(void **state)
{
	(void)state;
	ends_well(mutex_race);
}

static int order[5], norder;

static void noted(void *arg)
{
	CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
	order[norder++] = (int)(intptr_t)arg;
	CHECK(seam_unlock(&m) == 0);
}

/* Those who wait get it in their order; the queue is there to be read. */
static void mutex_order(void *arg)
{
	(void)arg;
	CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
	for (int i = 0; i < 5; i++) {
		start(noted, (void *)(intptr_t)i);
		UNTIL(waiting(&m.waiters) == i + 1);
	}
	CHECK(seam_unlock(&m) == 0);
	join();
	for (int i = 0; i < 5; i++)
		CHECK(order[i] == i);
}

static void test_mutex_order(void **state)
{
	(void)state;
	ends_well(mutex_order);
}

static int got;

static void gets(void *arg)
{
	(void)arg;
	CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
	__atomic_store_n(&got, 1, __ATOMIC_SEQ_CST);
	CHECK(seam_unlock(&m) == 0);
}

/* One who has it nearly always does not keep it from one who waits. */
static void mutex_starves_nobody(void *arg)
{
	(void)arg;
	CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
	start(gets, NULL);
	while (!__atomic_load_n(&got, __ATOMIC_SEQ_CST)) {
		seam_yield();
		CHECK(seam_unlock(&m) == 0);
		CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
	}
	CHECK(seam_unlock(&m) == 0);
	join();
}

static void test_mutex_starves_nobody(void **state)
{
	(void)state;
	ends_well(mutex_starves_nobody);
}

static int waits(void *arg)
{
	CHECK(seam_lock(arg, SEAM_FOREVER) == -1);
	return errno;
}

static void cancel(void *arg)
{
	(void)arg;
	CHECK(seam_lock(&m, 0) == 0);
	cancels(waits, &m);
	CHECK(empty(&m.waiters));
	CHECK(seam_unlock(&m) == 0);
}

static void test_cancel(void **state)
{
	(void)state;
	ends_well(cancel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutex_errors),
		cmocka_unit_test(test_mutex_race),
		cmocka_unit_test(test_mutex_order),
		cmocka_unit_test(test_mutex_starves_nobody),
		cmocka_unit_test(test_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
