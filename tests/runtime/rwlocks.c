/* SPDX-License-Identifier: BSD-2-Clause */
/* rwlocks.c - readers together, writers alone. */
#include "together.h"

static seam_rwlock rw;

static void strangers_rwlock(void *writes)
{
	FAILS(seam_wrlock(&rw, 0), ETIMEDOUT);
	FAILS(seam_wrlock(&rw, seam_now() + SEAM_MS), ETIMEDOUT);
	if (writes) {
		FAILS(seam_rwunlock(&rw), EPERM);
		FAILS(seam_rdlock(&rw, 0), ETIMEDOUT);
		FAILS(seam_rdlock(&rw, seam_now() + SEAM_MS), ETIMEDOUT);
	} else {
		CHECK(seam_rdlock(&rw, 0) == 0 && seam_rwunlock(&rw) == 0);
	}
}

static void rwlock_errors(void *arg)
{
	(void)arg;
	FAILS(seam_rdlock(NULL, 0), EINVAL);
	FAILS(seam_wrlock(NULL, 0), EINVAL);
	FAILS(seam_rwunlock(NULL), EINVAL);
	FAILS(seam_rwunlock(&rw), EPERM);
	CHECK(seam_wrlock(&rw, 0) == 0);
	FAILS(seam_wrlock(&rw, SEAM_FOREVER), EDEADLK);
	FAILS(seam_rdlock(&rw, SEAM_FOREVER), EDEADLK);
	start(strangers_rwlock, &rw);
	join();
	CHECK(seam_rwunlock(&rw) == 0);
	FAILS(seam_rwunlock(&rw), EPERM);
	CHECK(seam_rdlock(&rw, 0) == 0);
	start(strangers_rwlock, NULL);
	join();
	CHECK(seam_rwunlock(&rw) == 0);
	FAILS(seam_rwunlock(&rw), EPERM);
	CHECK(rw.state == 0 && empty(&rw.waiters));
}

static void test_rwlock_errors(void **state)
{
	(void)state;
	assert_int_equal(seam_rdlock(&rw, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_wrlock(&rw, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_rwunlock(&rw), -1);
	assert_int_equal(errno, EPERM);
	ends_well(rwlock_errors);
}

static int readers, writers, most;

static void reads(void *arg)
{
	(void)arg;
	for (int i = 0; i < 2000; i++) {
		while (seam_rdlock(&rw, i % 3 ? SEAM_FOREVER
					      : seam_now() + 5 * SEAM_US)
		       < 0)
			CHECK(errno == ETIMEDOUT);
		int n = __atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
		if (n > most)
			most = n;
		CHECK(!__atomic_load_n(&writers, __ATOMIC_SEQ_CST));
		if (i % 4 == 0)
			seam_yield();
		__atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
		CHECK(seam_rwunlock(&rw) == 0);
	}
}

static void writes(void *arg)
{
	(void)arg;
	for (int i = 0; i < 1000; i++) {
		while (seam_wrlock(&rw, i % 3 ? SEAM_FOREVER
					      : seam_now() + 5 * SEAM_US)
		       < 0)
			CHECK(errno == ETIMEDOUT);
		CHECK(__atomic_add_fetch(&writers, 1, __ATOMIC_SEQ_CST) == 1);
		if (i % 4 == 0)
			seam_yield();
		CHECK(!__atomic_load_n(&readers, __ATOMIC_SEQ_CST));
		__atomic_sub_fetch(&writers, 1, __ATOMIC_SEQ_CST);
		CHECK(seam_rwunlock(&rw) == 0);
	}
}

static void rwlock_race(void *arg)
{
	(void)arg;
	for (int i = 0; i < 6; i++)
		start(reads, NULL);
	for (int i = 0; i < 3; i++)
		start(writes, NULL);
	join();
	CHECK(most > 1);
	CHECK(rw.state == 0 && !rw.writer && empty(&rw.waiters));
}

static void test_rwlock_race(void **state)
{
	(void)state;
	ends_well(rwlock_race);
}

static int written, relays;

static void write_once(void *arg)
{
	(void)arg;
	CHECK(seam_wrlock(&rw, SEAM_FOREVER) == 0);
	__atomic_store_n(&written, 1, __ATOMIC_SEQ_CST);
	CHECK(seam_rwunlock(&rw) == 0);
}

/* Readers who let go only when the next has it: never is nobody in. */
static void relay(void *arg)
{
	int mine;
	(void)arg;
	while (!__atomic_load_n(&written, __ATOMIC_SEQ_CST)) {
		CHECK(seam_rdlock(&rw, SEAM_FOREVER) == 0);
		mine = __atomic_add_fetch(&relays, 1, __ATOMIC_SEQ_CST);
		while (empty(&rw.waiters)
		       && __atomic_load_n(&relays, __ATOMIC_SEQ_CST) == mine
		       && !__atomic_load_n(&written, __ATOMIC_SEQ_CST))
			seam_yield();
		CHECK(seam_rwunlock(&rw) == 0);
	}
}

static void writers_are_not_starved(void *arg)
{
	(void)arg;
	start(relay, NULL);
	start(relay, NULL);
	UNTIL(__atomic_load_n(&relays, __ATOMIC_SEQ_CST) > 100);
	start(write_once, NULL);
	join();
}

static void test_writers_are_not_starved(void **state)
{
	(void)state;
	ends_well(writers_are_not_starved);
}

static void read_once(void *arg)
{
	(void)arg;
	CHECK(seam_rdlock(&rw, SEAM_FOREVER) == 0);
	CHECK(seam_rwunlock(&rw) == 0);
}

static void give_up_writing(void *arg)
{
	(void)arg;
	FAILS(seam_wrlock(&rw, SEAM_FOREVER), ECANCELED);
}

/* A writer who gives up lets those in who waited behind it. */
static void writer_gives_up(void *arg)
{
	(void)arg;
	CHECK(seam_rdlock(&rw, 0) == 0);
	int64_t writer = seam_go(give_up_writing, NULL);
	UNTIL(waiting(&rw.waiters) == 1);
	start(read_once, NULL);
	UNTIL(waiting(&rw.waiters) == 2);
	FAILS(seam_rdlock(&rw, 0), ETIMEDOUT);
	CHECK(seam_cancel(writer) == 0);
	join();
	CHECK(seam_join(writer, SEAM_FOREVER) == 0);
	CHECK(seam_rwunlock(&rw) == 0);
}

static void test_writer_gives_up(void **state)
{
	(void)state;
	ends_well(writer_gives_up);
}

static int waits_read(void *arg)
{
	CHECK(seam_rdlock(arg, SEAM_FOREVER) == -1);
	return errno;
}

static int waits_write(void *arg)
{
	CHECK(seam_wrlock(arg, SEAM_FOREVER) == -1);
	return errno;
}

static void cancel(void *arg)
{
	(void)arg;
	CHECK(seam_wrlock(&rw, 0) == 0);
	cancels(waits_read, &rw);
	cancels(waits_write, &rw);
	CHECK(empty(&rw.waiters));
	CHECK(seam_rwunlock(&rw) == 0);
}

static void test_cancel(void **state)
{
	(void)state;
	ends_well(cancel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rwlock_errors),
		cmocka_unit_test(test_rwlock_race),
		cmocka_unit_test(test_writers_are_not_starved),
		cmocka_unit_test(test_writer_gives_up),
		cmocka_unit_test(test_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
