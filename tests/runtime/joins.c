/* SPDX-License-Identifier: BSD-2-Clause */
/* joins.c - waiting for the end of a goroutine, and asking for it. */
#include "together.h"

static void nothing(void *arg)
{
	(void)arg;
}

static void until_closed(void *arg)
{
	FAILS(seam_recv(arg, NULL, SEAM_FOREVER), EPIPE);
}

static void errors(void *arg)
{
	seam_chan *c = seam_chan_make(0, 0);
	int64_t id = seam_go(until_closed, c);
	(void)arg;
	FAILS(seam_join(0, 0), ESRCH);
	FAILS(seam_join(-1, 0), ESRCH);
	FAILS(seam_join(INT64_MIN, 0), ESRCH);
	FAILS(seam_join(id + 1000000, 0), ESRCH);
	FAILS(seam_join(1, SEAM_FOREVER), EDEADLK);
	FAILS(seam_cancel(0), ESRCH);
	FAILS(seam_cancel(-1), ESRCH);
	FAILS(seam_cancel(id + 1000000), ESRCH);
	FAILS(seam_join(id, 0), ETIMEDOUT);
	FAILS(seam_join(id, seam_now() + SEAM_MS), ETIMEDOUT);
	CHECK(seam_chan_close(c) == 0);
	CHECK(seam_join(id, SEAM_FOREVER) == 0);
	CHECK(seam_join(id, 0) == 0);
	CHECK(seam_cancel(id) == 0);

	/* The next one has the same G, but not its fate. */
	int64_t next = seam_go(nothing, NULL);
	CHECK(seam_join(id, 0) == 0);
	CHECK(seam_join(next, SEAM_FOREVER) == 0);
}

static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(seam_join(1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_cancel(1), -1);
	assert_int_equal(errno, EPERM);
	ends_well(errors);
}

/* Joined when it has ended, while it ends, and before. */
struct racer {
	int64_t id;
	int ended;
};

static void races(void *arg)
{
	struct racer *r = arg;
	__atomic_store_n(&r->ended, 1, __ATOMIC_SEQ_CST);
}

static void joins_races(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3000; i++) {
		struct racer r = { .ended = 0 };
		r.id = seam_go(races, &r);
		while (seam_join(r.id,
				 i % 2 ? SEAM_FOREVER : seam_now() + SEAM_US)
		       < 0)
			CHECK(errno == ETIMEDOUT);
		CHECK(r.ended);
	}
}

static void race(void *arg)
{
	(void)arg;
	for (int i = 0; i < 4; i++)
		start(joins_races, NULL);
	join();
}

static void test_race(void **state)
{
	(void)state;
	ends_well(race);
}

/* More than are remembered at a time; some have ended, some have not. */
static void many(void *arg)
{
	enum { Many = 10000 };
	seam_chan *c = seam_chan_make(0, 0);
	int64_t first = 0, last = 0;
	(void)arg;
	for (int i = 0; i < Many; i++) {
		last = seam_go(i % 2 ? nothing : until_closed, c);
		first = first ? first : last;
	}
	CHECK(last - first == Many - 1);
	for (int64_t id = first + 1; id <= last; id += 2)
		CHECK(seam_join(id, SEAM_FOREVER) == 0);
	FAILS(seam_join(first, 0), ETIMEDOUT);
	CHECK(seam_chan_close(c) == 0);
	for (int64_t id = first; id <= last; id++)
		CHECK(seam_join(id, SEAM_FOREVER) == 0);
}

static void test_many(void **state)
{
	(void)state;
	ends_well(many);
}

/* Several join one; those who give up leave no trace. */
static int64_t target;
static int joined;

static void joiner(void *forever)
{
	if (forever) {
		CHECK(seam_join(target, SEAM_FOREVER) == 0);
		__atomic_add_fetch(&joined, 1, __ATOMIC_SEQ_CST);
	} else {
		FAILS(seam_join(target, seam_now() + SEAM_MS), ETIMEDOUT);
	}
}

static void several(void *arg)
{
	int64_t hasty[10];
	(void)arg;
	seam_chan *c = seam_chan_make(0, 0);
	target = seam_go(until_closed, c);
	for (int i = 0; i < 10; i++) {
		hasty[i] = seam_go(joiner, NULL);
		start(joiner, c);
	}
	for (int i = 0; i < 10; i++)
		CHECK(seam_join(hasty[i], SEAM_FOREVER) == 0);
	CHECK(__atomic_load_n(&joined, __ATOMIC_SEQ_CST) == 0);
	CHECK(seam_chan_close(c) == 0);
	join();
	CHECK(joined == 10);
}

static void test_several(void **state)
{
	(void)state;
	ends_well(several);
}

/*
 * Cancelling what has no test of its own
 */

static int receives(void *c)
{
	CHECK(seam_recv(c, NULL, SEAM_FOREVER) == -1);
	return errno;
}

static int sends(void *c)
{
	CHECK(seam_send(c, NULL, SEAM_FOREVER) == -1);
	return errno;
}

static int joins(void *id)
{
	CHECK(seam_join(*(int64_t *)id, SEAM_FOREVER) == -1);
	return errno;
}

static int sleeps(void *arg)
{
	(void)arg;
	CHECK(seam_sleep(3600 * SEAM_S) == -1);
	return errno;
}

static void cancel(void *arg)
{
	seam_chan *c = seam_chan_make(0, 0);
	(void)arg;
	int64_t id = seam_go(until_closed, c);
	cancels(sleeps, NULL);
	cancels(joins, &id);
	CHECK(seam_chan_close(c) == 0 && seam_join(id, SEAM_FOREVER) == 0);
	c = seam_chan_make(0, 0);
	cancels(receives, c);
	cancels(sends, c);
	CHECK(seam_chan_free(c) == 0);
}

static void test_cancel(void **state)
{
	(void)state;
	ends_well(cancel);
}

/* Once cancelled: all that might wait fails, what does not works. */
static void doomed(void *arg)
{
	seam_mutex m = { 0 };
	seam_rwlock rw = { 0 };
	seam_cond cond = { 0 };
	seam_waitgroup wg = { 0 };
	seam_chan *c = arg;
	seam_clause k = { SEAM_SEND, c, NULL };
	CHECK(seam_lock(&m, 0) == 0);
	FAILS(seam_join(1, SEAM_FOREVER), ECANCELED);
	FAILS(seam_join(1, seam_now() + SEAM_S), ECANCELED);
	FAILS(seam_send(c, NULL, SEAM_FOREVER), ECANCELED);
	FAILS(seam_recv(c, NULL, SEAM_FOREVER), ECANCELED);
	FAILS(seam_select(&k, 1, SEAM_FOREVER), ECANCELED);
	FAILS(seam_cond_wait(&cond, &m, SEAM_FOREVER), ECANCELED);
	CHECK(seam_unlock(&m) == 0);
	FAILS(seam_lock(&m, SEAM_FOREVER), ECANCELED);
	FAILS(seam_rdlock(&rw, SEAM_FOREVER), ECANCELED);
	FAILS(seam_wrlock(&rw, SEAM_FOREVER), ECANCELED);
	FAILS(seam_wg_wait(&wg, SEAM_FOREVER), ECANCELED);
	FAILS(seam_sleep(1), ECANCELED);

	CHECK(seam_sleep(0) == 0 && seam_yield() == 0);
	FAILS(seam_join(1, 0), ETIMEDOUT);
	CHECK(seam_select(&k, 1, 0) == 0);
	CHECK(seam_recv(c, NULL, 0) == 0 && seam_send(c, NULL, 0) == 0);
	CHECK(seam_trylock(&m) == 0 && seam_unlock(&m) == 0);
	CHECK(seam_rdlock(&rw, 0) == 0 && seam_rwunlock(&rw) == 0);
	CHECK(seam_wg_wait(&wg, 0) == 0);
	CHECK(seam_chan_close(c) == 0);
}

static void afterwards(void *arg)
{
	(void)arg;
	seam_chan *c = seam_chan_make(0, 1);
	int64_t id = seam_go(doomed, c);
	FAILS(seam_join(id, seam_now() + SEAM_MS), ETIMEDOUT);
	CHECK(seam_cancel(id) == 0 && seam_cancel(id) == 0);
	CHECK(seam_join(id, SEAM_FOREVER) == 0);
	CHECK(seam_chan_len(c) == 1);
	start(nothing, NULL);
	join(); /* that has the G of one who was cancelled */
	CHECK(seam_cancel(seam_id()) == 0);
	FAILS(seam_sleep(1), ECANCELED);
}

static void test_afterwards(void **state)
{
	(void)state;
	ends_well(afterwards);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_afterwards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
