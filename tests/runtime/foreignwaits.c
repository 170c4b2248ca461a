/* SPDX-License-Identifier: BSD-2-Clause */
/* foreignwaits.c - all the ways in which a thread of the program waits. */
#include "threads.h"

#include <sys/ioctl.h>

enum { Many = 3000 };

static seam_mutex mutex;
static seam_cond changed;
static int turn;

static void take_turns(int mine)
{
	for (int i = 0; i < 500; i++) {
		CHECK(seam_lock(&mutex, SEAM_FOREVER) == 0);
		while (turn != mine)
			CHECK(seam_cond_wait(&changed, &mutex, SEAM_FOREVER)
			      == 0);
		turn = !mine;
		if (i % 2)
			CHECK(seam_cond_broadcast(&changed) == 0);
		else
			CHECK(seam_cond_signal(&changed) == 0);
		CHECK(seam_unlock(&mutex) == 0);
	}
}

static void *thread_turns(void *arg)
{
	take_turns(1);
	return arg;
}

static void turns(void *arg)
{
	(void)arg;
	pthread_t t = thread(thread_turns, NULL);
	take_turns(0);
	ended(t);
	CHECK(turn == 0);
}

static void test_cond(void **state)
{
	(void)state;
	ends_well(turns);
}

static seam_chan *left, *right;

static void *thread_selects(void *arg)
{
	int64_t got = 0, *sums = arg;
	for (int i = 0; i < 2 * Many; i++) {
		seam_clause c[] = { { SEAM_RECV, left, &got },
				    { SEAM_RECV, right, &got } };
		int which = seam_select(c, 2, SEAM_FOREVER);
		CHECK(which == 0 || which == 1);
		sums[which] += got;
	}
	seam_clause none[] = { { SEAM_RECV, left, &got } };
	FAILS(seam_select(none, 1, 0), ETIMEDOUT);
	FAILS(seam_select(none, 1, seam_now() + SEAM_MS), ETIMEDOUT);
	FAILS(seam_select(NULL, 0, seam_now() + SEAM_MS), ETIMEDOUT);
	return arg;
}

static void sends_to(void *arg)
{
	for (int64_t i = 1; i <= Many; i++)
		CHECK(seam_send(arg, &i, SEAM_FOREVER) == 0);
}

static void selects(void *arg)
{
	int64_t sums[2] = { 0, 0 };
	(void)arg;
	left = seam_chan_make(sizeof(int64_t), 0);
	right = seam_chan_make(sizeof(int64_t), 3);
	pthread_t t = thread(thread_selects, sums);
	start(sends_to, left);
	start(sends_to, right);
	join();
	ended(t);
	CHECK(sums[0] == Many * (Many + 1) / 2);
	CHECK(sums[1] == sums[0]);
}

static void test_select(void **state)
{
	(void)state;
	ends_well(selects);
}

static void *thread_sleeps(void *arg)
{
	int64_t before = seam_now();
	CHECK(seam_sleep(3 * SEAM_MS) == 0);
	CHECK(seam_now() - before >= 3 * SEAM_MS);
	FAILS(seam_recv(arg, NULL, seam_now() + SEAM_MS), ETIMEDOUT);
	FAILS(seam_lock(&mutex, seam_now() + SEAM_MS), ETIMEDOUT);
	FAILS(seam_trylock(&mutex), EBUSY);
	FAILS(seam_unlock(&mutex), EPERM);
	return arg;
}

static void deadlines(void *arg)
{
	(void)arg;
	CHECK(seam_lock(&mutex, SEAM_FOREVER) == 0);
	ended(thread(thread_sleeps, seam_chan_make(0, 0)));
	CHECK(seam_unlock(&mutex) == 0);
}

static void test_deadlines(void **state)
{
	(void)state;
	ends_well(deadlines);
}

/* Descriptors: nobody else makes an M wait for them. */

static int ends[2];

static bool drained(void)
{
	int n = 1;
	return ioctl(ends[0], FIONREAD, &n) == 0 && n == 0;
}

static void *thread_reads(void *arg)
{
	char c;
	int never[2];
	CHECK(pipe(never) == 0);
	FAILS(seam_read(never[0], &c, 1, seam_now() + SEAM_MS), ETIMEDOUT);
	for (int i = 0; i < 100; i++)
		CHECK(seam_read(ends[0], &c, 1, SEAM_FOREVER) == 1
		      && c == (char)i);
	FAILS((int)seam_read(ends[0], &c, 1, SEAM_FOREVER), EBADF);
	return arg;
}

static void reads(void *arg)
{
	(void)arg;
	CHECK(pipe(ends) == 0);
	pthread_t t = thread(thread_reads, NULL);
	for (int i = 0; i < 100; i++) {
		char c = (char)i;
		if (i % 10 == 0)
			CHECK(seam_sleep(2 * SEAM_MS) == 0);
		CHECK(write(ends[1], &c, 1) == 1);
	}
	UNTIL(drained());
	CHECK(seam_close(ends[0]) == 0);
	ended(t);
}

static void test_descriptors(void **state)
{
	(void)state;
	ends_well(reads);
}

/* A regular file, and what else is simply called. */

static void *returns(void *arg)
{
	errno = EXDEV;
	return arg;
}

static void *thread_calls(void *arg)
{
	char word[4];
	CHECK(seam_read((int)(intptr_t)arg, word, 4, SEAM_FOREVER) == 4);
	CHECK(seam_blocking(returns, word) == word && errno == EXDEV);
	return arg;
}

static void calls(void *arg)
{
	FILE *f = tmpfile();
	(void)arg;
	CHECK(f && write(fileno(f), "word", 4) == 4);
	CHECK(lseek(fileno(f), 0, SEEK_SET) == 0);
	ended(thread(thread_calls, (void *)(intptr_t)fileno(f)));
}

static void test_calls(void **state)
{
	(void)state;
	ends_well(calls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cond),
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_deadlines),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_calls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
