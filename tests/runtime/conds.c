/* SPDX-License-Identifier: BSD-2-Clause */
/* conds.c - waiting under a mutex for a change. */
#include "together.h"

static seam_mutex m;
static seam_cond some, room;

static void strangers_cond(void *arg)
{
	(void)arg;
	FAILS(seam_cond_wait(&some, &m, SEAM_FOREVER), EPERM);
}

static void cond_errors(void *arg)
{
	(void)arg;
	CHECK(seam_lock(&m, 0) == 0);
	FAILS(seam_cond_wait(NULL, &m, 0), EINVAL);
	FAILS(seam_cond_wait(&some, NULL, 0), EINVAL);
	FAILS(seam_cond_signal(NULL), EINVAL);
	FAILS(seam_cond_broadcast(NULL), EINVAL);
	FAILS(seam_cond_wait(&some, &m, 0), ETIMEDOUT);
	FAILS(seam_cond_wait(&some, &m, seam_now() + SEAM_MS), ETIMEDOUT);
	start(strangers_cond, NULL);
	join();
	CHECK(seam_unlock(&m) == 0); /* it was ours all the time */
	FAILS(seam_cond_wait(&some, &m, 0), EPERM);
	CHECK(seam_cond_signal(&some) == 0);
	CHECK(seam_cond_broadcast(&some) == 0);
}

static void test_cond_errors(void **state)
{
	(void)state;
	assert_int_equal(seam_cond_wait(&some, &m, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_cond_signal(&some), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_cond_broadcast(&some), -1);
	assert_int_equal(errno, EPERM);
	ends_well(cond_errors);
}

/* A buffer for three. */
enum { Room = 3, Putters = 4, Puts = 3000 };
static int buffer[Room], held, put_in, taken_out;

static void put(void *arg)
{
	(void)arg;
	for (int i = 0; i < Puts; i++) {
		CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
		while (held == Room)
			CHECK(seam_cond_wait(&room, &m, SEAM_FOREVER) == 0);
		buffer[held++] = i;
		put_in += i;
		CHECK(seam_cond_signal(&some) == 0);
		CHECK(seam_unlock(&m) == 0);
	}
}

static void get(void *arg)
{
	(void)arg;
	for (int i = 0; i < Puts; i++) {
		CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
		while (held == 0)
			if (seam_cond_wait(&some, &m, seam_now() + 10 * SEAM_US)
			    < 0)
				CHECK(errno == ETIMEDOUT);
		taken_out += buffer[--held];
		CHECK(seam_unlock(&m) == 0);
		CHECK(seam_cond_signal(&room) == 0);
	}
}

static void cond_race(void *arg)
{
	(void)arg;
	for (int i = 0; i < Putters; i++) {
		start(put, NULL);
		start(get, NULL);
	}
	join();
	CHECK(put_in == Putters * (Puts * (Puts - 1) / 2));
	CHECK(put_in == taken_out && held == 0);
}

static void test_cond_race(void **state)
{
	(void)state;
	ends_well(cond_race);
}

static bool go;
static int awake;

static void wait_go(void *arg)
{
	(void)arg;
	CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
	while (!go)
		CHECK(seam_cond_wait(&some, &m, SEAM_FOREVER) == 0);
	awake++;
	CHECK(seam_unlock(&m) == 0);
}

static void signal_and_broadcast(void *arg)
{
	(void)arg;
	for (int i = 0; i < 8; i++)
		start(wait_go, NULL);
	UNTIL(waiting(&some.waiters) == 8);
	CHECK(seam_lock(&m, SEAM_FOREVER) == 0);
	go = true;
	CHECK(seam_cond_signal(&some) == 0);
	CHECK(waiting(&some.waiters) == 7 && awake == 0);
	CHECK(seam_unlock(&m) == 0);
	UNTIL(__atomic_load_n(&awake, __ATOMIC_SEQ_CST) == 1);
	CHECK(waiting(&some.waiters) == 7);
	CHECK(seam_cond_broadcast(&some) == 0);
	join();
	CHECK(awake == 8);
}

static void test_signal_and_broadcast(void **state)
{
	(void)state;
	ends_well(signal_and_broadcast);
}

/* It need not wait for the mutex: nobody else wants it. */
static int waits(void *arg)
{
	CHECK(seam_lock(&m, 0) == 0);
	CHECK(seam_cond_wait(arg, &m, SEAM_FOREVER) == -1);
	int e = errno;
	CHECK(seam_unlock(&m) == 0);
	return e;
}

static int64_t waiter;

static void relocks(void *arg)
{
	(void)arg;
	CHECK(waits(&some) == ECANCELED);
}

static void cancel(void *arg)
{
	(void)arg;
	cancels(waits, &some);
	CHECK(empty(&some.waiters));

	/* Cancelled, it waits for the mutex nevertheless. */
	waiter = seam_go(relocks, NULL);
	UNTIL(waiting(&some.waiters) == 1);
	CHECK(seam_lock(&m, 0) == 0);
	CHECK(seam_cancel(waiter) == 0);
	UNTIL(waiting(&m.waiters) == 1);
	FAILS(seam_join(waiter, seam_now() + SEAM_MS), ETIMEDOUT);
	CHECK(seam_cancel(waiter) == 0);
	CHECK(seam_unlock(&m) == 0);
	CHECK(seam_join(waiter, SEAM_FOREVER) == 0);
	CHECK(m.state == 0);
}

static void test_cancel(void **state)
{
	(void)state;
	ends_well(cancel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cond_errors),
		cmocka_unit_test(test_cond_race),
		cmocka_unit_test(test_signal_and_broadcast),
		cmocka_unit_test(test_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
