/* SPDX-License-Identifier: BSD-2-Clause */
/* chans.c - elements of every size arrive whole; closing ends every wait. */
#include "scenario.h"

enum { MostBytes = 300, Around = 16, Filling = 0xa5 };

static void fill(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(7 * i + n);
}

static void receive(seam_chan *c, size_t n)
{
	unsigned char room[MostBytes + 2 * Around], sent[MostBytes];
	memset(room, Filling, sizeof(room));
	fill(sent, n);
	CHECK(seam_recv(c, room + Around, SEAM_FOREVER) == 0);
	CHECK(memcmp(room + Around, sent, n) == 0);
	for (size_t i = 0; i < Around; i++) {
		CHECK(room[i] == Filling);
		CHECK(room[Around + n + i] == Filling);
	}
}

static void receiver(void *arg)
{
	seam_chan *c = arg;
	size_t n;
	while (seam_recv(c, &n, SEAM_FOREVER) == 0) {
		seam_chan *elements;
		CHECK(seam_recv(c, &elements, SEAM_FOREVER) == 0);
		receive(elements, n);
	}
}

/* To one who waits, into the buffer, and from one who waits. */
static void one_size(seam_chan *news, size_t n)
{
	unsigned char v[MostBytes];
	seam_chan *direct = seam_chan_make(n, 0);
	seam_chan *buffered = seam_chan_make(n, 1);
	fill(v, n);
	CHECK(seam_send(news, &n, SEAM_FOREVER) == 0);
	CHECK(seam_send(news, &direct, SEAM_FOREVER) == 0);
	CHECK(seam_send(direct, v, SEAM_FOREVER) == 0);
	CHECK(seam_send(buffered, v, SEAM_FOREVER) == 0);
	receive(buffered, n);
	CHECK(seam_chan_free(direct) == 0 && seam_chan_free(buffered) == 0);
}

static void every_size(void *arg)
{
	seam_chan *news = seam_chan_make(8, 0);
	(void)arg;
	CHECK(seam_go(receiver, news) == 2);
	for (size_t n = 0; n <= MostBytes; n++)
		one_size(news, n);
	CHECK(seam_chan_close(news) == 0);
}

static void test_every_size(void **state)
{
	(void)state;
	ends_well(every_size);
}

static void sends(void *arg)
{
	long v = 1;
	FAILS(seam_send(arg, &v, SEAM_FOREVER), EPIPE);
}

static void receives(void *arg)
{
	long v = 1;
	FAILS(seam_recv(arg, &v, SEAM_FOREVER), EPIPE);
	CHECK(v == 1);
}

/* Closing wakes all who wait, on whichever side; then nobody is there. */
static void closing(void *arg)
{
	enum { Waiting = 10 };
	int64_t id[2 * Waiting];
	seam_chan *full = seam_chan_make(8, 1), *empty = seam_chan_make(8, 1);
	(void)arg;
	CHECK(seam_send(full, &(long){ 7 }, 0) == 0);
	for (int i = 0; i < Waiting; i++) {
		id[2 * i] = seam_go(sends, full);
		id[2 * i + 1] = seam_go(receives, empty);
	}
	seam_sleep(SEAM_MS); /* most of them wait by now */
	CHECK(seam_chan_close(full) == 0 && seam_chan_close(empty) == 0);
	for (int i = 0; i < 2 * Waiting; i++)
		CHECK(seam_join(id[i], SEAM_FOREVER) == 0);
	CHECK(seam_chan_len(full) == 1);
	CHECK(seam_chan_free(full) == 0 && seam_chan_free(empty) == 0);
}

static void test_closing(void **state)
{
	(void)state;
	ends_well(closing);
}

/*
 * Who has been woken and has not yet run still comes back to the channels that
 * it was not woken by. With one M it runs when we yield; where the runtime
 * yields at random, after a few times.
 */

static seam_chan *work, *quit;
static volatile int chosen;

static void chooses(void *arg)
{
	long v;
	seam_clause clauses[] = {
		{ .op = SEAM_RECV, .chan = work, .value = &v },
		{ .op = SEAM_RECV, .chan = quit, .value = NULL },
	};
	(void)arg;
	CHECK(seam_select(clauses, 2, SEAM_FOREVER) == 1);
	chosen = 1;
}

static int64_t start_choosing(void)
{
	enum { Enough = 100 };
	chosen = 0;
	work = seam_chan_make(8, 0);
	quit = seam_chan_make(0, 0);
	int64_t id = seam_go(chooses, NULL);
	for (int i = 0; i < Enough; i++)
		seam_yield();
	return id;
}

static void freeing_unchosen(void *arg)
{
	(void)arg;
	int64_t id = start_choosing();
	CHECK(seam_send(quit, NULL, 0) == 0);
	CHECK(seam_chan_free(quit) == 0);
	FAILS(seam_send(work, &(long){ 7 }, 0), ETIMEDOUT);
	int e = seam_chan_free(work);
	CHECK(e == 0 ? chosen : errno == EBUSY);
	CHECK(seam_join(id, SEAM_FOREVER) == 0);
	CHECK(e == 0 || seam_chan_free(work) == 0);
}

static void freeing_closed(void *arg)
{
	(void)arg;
	int64_t id = start_choosing();
	CHECK(seam_chan_close(quit) == 0 && seam_chan_free(quit) == 0);
	seam_chan *next = seam_chan_make(0, 0); /* where that was */
	CHECK(seam_join(id, SEAM_FOREVER) == 0);
	CHECK(seam_chan_free(next) == 0 && seam_chan_free(work) == 0);
}

static void one_machine(void (*scenario)(void *))
{
	struct ending end = run_with("SEAM_MAXPROCS=1", scenario);
	if (end.status)
		print_error("%s\n", end.said);
	assert_int_equal(end.status, 0);
}

static void test_freeing(void **state)
{
	(void)state;
	one_machine(freeing_unchosen);
	one_machine(freeing_closed);
}

/* A buffer of several elements, filled to each height, at each place in it. */
static void around(void *arg)
{
	enum { Cap = 5 };
	int64_t in = 0, out = 0, v;
	seam_chan *c = seam_chan_make(sizeof(in), Cap);
	(void)arg;
	for (int round = 0; round < 40; round++) {
		int n = round % Cap + 1;
		for (int i = 0; i < n; i++, in++)
			CHECK(seam_send(c, &in, 0) == 0);
		CHECK(seam_chan_len(c) == (size_t)n);
		if (n == Cap)
			FAILS(seam_send(c, &in, 0), ETIMEDOUT);
		for (int i = 0; i < n; i++, out++)
			CHECK(seam_recv(c, &v, 0) == 0 && v == out);
		FAILS(seam_recv(c, &v, 0), ETIMEDOUT);
	}
}

static void test_around(void **state)
{
	(void)state;
	ends_well(around);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_freeing),
		cmocka_unit_test(test_every_size),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_around),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
