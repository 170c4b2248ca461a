/* SPDX-License-Identifier: BSD-2-Clause */
/* selects.c - of several clauses one happens, and it alone. */
#include "scenario.h"

#include <stdbool.h>

static seam_clause receives(seam_chan *c, void *v)
{
	return (seam_clause){ SEAM_RECV, c, v };
}

static seam_clause sends(seam_chan *c, void *v)
{
	return (seam_clause){ SEAM_SEND, c, v };
}

static void turns(void *arg)
{
	++*(uint64_t *)arg;
}

/* Whether others ran meanwhile does not count where they may at any time. */
static bool stayed(uint64_t *switches)
{
	const char *machines = getenv("SEAM_MAXPROCS");
	return !machines || atoi(machines) > 1 || *switches == 0;
}

/* A deadline of 0 is select's default: nobody waits. */
static void by_default(void *arg)
{
	static uint64_t switches;
	seam_clause k = receives(seam_chan_make(8, 1), NULL);
	(void)arg;
	seam_go(turns, &switches);
	FAILS(seam_select(&k, 1, 0), ETIMEDOUT);
	FAILS(seam_select(&k, 1, 1), ETIMEDOUT); /* long ago */
	FAILS(seam_select(NULL, 0, 0), ETIMEDOUT);
	CHECK(stayed(&switches));
}

static void test_by_default(void **state)
{
	(void)state;
	ends_well(by_default);
}

static void errors(void *arg)
{
	long v = 7;
	seam_chan *c = seam_chan_make(8, 1);
	seam_clause k[257];
	(void)arg;
	for (int i = 0; i < 257; i++)
		k[i] = receives(c, &v);
	FAILS(seam_select(k, -1, 0), EINVAL);
	FAILS(seam_select(k, 257, 0), EINVAL);
	FAILS(seam_select(NULL, 1, 0), EINVAL);
	FAILS(seam_select(k, 256, 0), ETIMEDOUT);
	FAILS(seam_select(k, 256, seam_now() + SEAM_MS), ETIMEDOUT);
	FAILS(seam_select(k, 2, 0), ETIMEDOUT);
	FAILS(seam_select(k, 2, seam_now() + SEAM_MS), ETIMEDOUT);
	FAILS(seam_select(NULL, 0, seam_now() + SEAM_MS), ETIMEDOUT);
	k[1].op = 0;
	FAILS(seam_select(k, 2, 0), EINVAL);
	k[1] = sends(c, NULL);
	FAILS(seam_select(k, 2, 0), EINVAL);
	k[0] = receives(NULL, &v);
	k[1] = sends(NULL, NULL);
	FAILS(seam_select(k, 2, 0), ETIMEDOUT);
	FAILS(seam_select(k, 2, seam_now() + SEAM_MS), ETIMEDOUT);
	CHECK(seam_chan_free(c) == 0); /* nobody was left in a queue */
}

static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(seam_select(NULL, 0, 0), -1);
	assert_int_equal(errno, EPERM);
	ends_well(errors);
}

static void ready(void *arg)
{
	long in = 7, out = 0;
	seam_chan *full = seam_chan_make(8, 1), *empty = seam_chan_make(8, 1);
	seam_clause k[3] = { receives(NULL, &out), receives(empty, &out),
			     receives(full, &out) };
	(void)arg;
	CHECK(seam_send(full, &in, 0) == 0);
	errno = EIO;
	CHECK(seam_select(k, 3, SEAM_FOREVER) == 2 && errno == 0 && out == 7);
	k[1] = sends(empty, &in);
	CHECK(seam_select(k, 3, 0) == 1 && errno == 0);
	CHECK(seam_chan_len(empty) == 1 && seam_chan_len(full) == 0);

	CHECK(seam_chan_close(full) == 0);
	CHECK(seam_select(k, 3, 0) == 2 && errno == EPIPE);
	k[2] = sends(full, &in);
	CHECK(seam_select(k, 3, SEAM_FOREVER) == 2 && errno == EPIPE);
}

static void test_ready(void **state)
{
	(void)state;
	ends_well(ready);
}

static void closer(void *arg)
{
	seam_chan **c = arg;
	long v = 5;
	seam_sleep(SEAM_MS);
	CHECK(seam_send(c[1], &v, SEAM_FOREVER) == 0);
	CHECK(seam_recv(c[0], &v, SEAM_FOREVER) == 0 && v == 6);
	seam_sleep(SEAM_MS);
	CHECK(seam_chan_close(c[0]) == 0);
}

/* Woken by a sender, a receiver, a close; the other queues are left. */
static void woken(void *arg)
{
	long out = 0, in = 6;
	seam_chan *c[3];
	(void)arg;
	for (int i = 0; i < 3; i++)
		c[i] = seam_chan_make(8, 0);
	seam_go(closer, c);
	seam_clause k[4] = { receives(c[0], &out), receives(c[1], &out),
			     receives(c[2], &out), receives(c[0], NULL) };
	CHECK(seam_select(k, 4, SEAM_FOREVER) == 1 && errno == 0 && out == 5);
	k[1] = sends(c[0], &in); /* and receive from it: not from ourselves */
	CHECK(seam_select(k, 4, SEAM_FOREVER) == 1 && errno == 0);
	int i = seam_select(k, 4, SEAM_FOREVER);
	CHECK((i == 0 || i == 1 || i == 3) && errno == EPIPE);
	for (i = 0; i < 3; i++)
		CHECK(seam_chan_free(c[i]) == 0);
}

static void test_woken(void **state)
{
	(void)state;
	ends_well(woken);
}

/* Of clauses that are always ready each is chosen. */
static void fair(void *arg)
{
	enum { N = 6, Rounds = 3000 };
	int chosen[N] = { 0 };
	seam_clause k[N];
	(void)arg;
	for (int i = 0; i < N; i++) {
		seam_chan *c = seam_chan_make(0, 1);
		k[i] = i % 2 ? sends(c, NULL) : receives(c, NULL);
		seam_chan_close(c);
	}
	for (int i = 0; i < Rounds; i++)
		chosen[seam_select(k, N, 0)]++;
	for (int i = 0; i < N; i++)
		CHECK(chosen[i] > Rounds / N / 4);
}

static void test_fair(void **state)
{
	(void)state;
	ends_well(fair);
}

/*
 * Numbers go through selects on both sides, some of which time out: each
 * arrives once, and comes by the channel that its clause says.
 */
enum { Channels = 3, Senders = 6, Receivers = 4, Numbers = 4000 };
static seam_chan *channels[Channels];
static seam_waitgroup sending, receiving;
static char seen[Senders * Numbers];

static void sender(void *arg)
{
	struct {
		long n, channel;
	} v[Channels];
	seam_clause k[Channels];
	for (long i = 0; i < Channels; i++) {
		v[i].channel = i;
		k[i] = sends(channels[i], &v[i]);
	}
	for (long n = 0; n < Numbers; n++) {
		for (int i = 0; i < Channels; i++)
			v[i].n = (long)arg * Numbers + n;
		while (seam_select(k, Channels, seam_now() + 20 * SEAM_US) < 0)
			CHECK(errno == ETIMEDOUT);
	}
	seam_wg_done(&sending);
}

static void receiver(void *arg)
{
	long v[2 * Channels][2];
	seam_clause k[2 * Channels]; /* each channel twice */
	int n = (long)arg % 2 ? Channels : 2 * Channels;
	for (int i = 0; i < n; i++)
		k[i] = receives(channels[i % Channels], &v[i]);
	for (;;) {
		int i = seam_select(k, n, seam_now() + 15 * SEAM_US);
		int e = errno;
		if (i < 0)
			CHECK(e == ETIMEDOUT);
		else if (e == EPIPE)
			break;
		else
			CHECK(v[i][1] == i % Channels
			      && !__atomic_exchange_n(&seen[v[i][0]], 1,
						      __ATOMIC_SEQ_CST));
	}
	seam_wg_done(&receiving);
}

static void race(void *arg)
{
	(void)arg;
	for (int i = 0; i < Channels; i++)
		channels[i] = seam_chan_make(2 * sizeof(long), (size_t)i);
	seam_wg_add(&sending, Senders);
	seam_wg_add(&receiving, Receivers);
	for (long i = 0; i < Senders; i++)
		seam_go(sender, (void *)i);
	for (long i = 0; i < Receivers; i++)
		seam_go(receiver, (void *)i);
	CHECK(seam_wg_wait(&sending, SEAM_FOREVER) == 0);
	for (int i = 0; i < Channels; i++)
		UNTIL(seam_chan_len(channels[i]) == 0);
	for (int i = 0; i < Channels; i++)
		CHECK(seam_chan_close(channels[i]) == 0);
	CHECK(seam_wg_wait(&receiving, SEAM_FOREVER) == 0);
	for (int i = 0; i < Senders * Numbers; i++)
		CHECK(seen[i]);
	for (int i = 0; i < Channels; i++)
		CHECK(seam_chan_free(channels[i]) == 0);
}

static void test_race(void **state)
{
	(void)state;
	ends_well(race);
}

static int selects(void *arg)
{
	CHECK(seam_select(arg, 3, SEAM_FOREVER) == -1);
	return errno;
}

static void cancel(void *arg)
{
	long v = 1;
	seam_chan *a = seam_chan_make(8, 0), *b = seam_chan_make(8, 0);
	seam_clause k[3] = { receives(a, NULL), sends(b, &v), receives(b, &v) };
	(void)arg;
	cancels(selects, k);
	CHECK(seam_chan_free(a) == 0 && seam_chan_free(b) == 0);
	k[0].chan = k[1].chan = k[2].chan = NULL;
	cancels(selects, k);
}

static void test_cancel(void **state)
{
	(void)state;
	ends_well(cancel);
}

static void forever(void *arg)
{
	seam_clause k = receives(seam_chan_make(8, 0), arg);
	seam_select(&k, 1, SEAM_FOREVER);
}

static void test_reason(void **state)
{
	(void)state;
	struct ending end = run_with("SEAM_MAXPROCS=2", forever);
	assert_int_equal(WEXITSTATUS(end.status), 2);
	assert_non_null(
		strstr(end.said, "goroutine 1 \"main\" [waiting, select"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_default),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_ready),
		cmocka_unit_test(test_woken),
		cmocka_unit_test(test_fair),
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
