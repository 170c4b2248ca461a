/* SPDX-License-Identifier: BSD-2-Clause */
/* seam.c - goroutines, yields and channels: what peer.go does, by seam.h. */
#include "seam_bench.h"

enum { Batch = 1000, Stream = 64 };
/* SpawnMs: longer than anybody needs to start a million. */
enum { Sleeps = 3, SpawnMs = 5000 };

static void nothing(void *arg)
{
	(void)arg;
}

static double spawn(int64_t n)
{
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++) {
		seam_go(nothing, NULL);
		seam_yield();
	}
	return nanoseconds() - start;
}

static volatile int64_t ended;

static void end(void *arg)
{
	(void)arg;
	ended++;
}

/* For one M: nothing is atomic here. */
static double spawn1000(int64_t n)
{
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i += Batch) {
		ended = 0;
		for (int j = 0; j < Batch; j++)
			seam_go(end, NULL);
		while (ended < Batch)
			seam_yield();
	}
	return nanoseconds() - start;
}

/* What two goroutines share. */
static int64_t rounds;
static seam_chan *there, *back;

static void yields(void *arg)
{
	(void)arg;
	for (int64_t i = 0; i < rounds; i++)
		seam_yield();
	seam_send(back, NULL, SEAM_FOREVER);
}

static double yield(int64_t n)
{
	rounds = n;
	back = seam_chan_make(0, 0);
	seam_go(yields, NULL);
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		seam_yield();
	seam_recv(back, NULL, SEAM_FOREVER);
	double took = nanoseconds() - start;
	seam_chan_free(back);
	return took;
}

static void echoes(void *arg)
{
	int64_t v;
	(void)arg;
	for (int64_t i = 0; i < rounds; i++) {
		seam_recv(there, &v, SEAM_FOREVER);
		seam_send(back, &v, SEAM_FOREVER);
	}
}

static double rally(int64_t n, size_t cap)
{
	int64_t v;
	rounds = n;
	there = seam_chan_make(sizeof(v), cap);
	back = seam_chan_make(sizeof(v), cap);
	seam_go(echoes, NULL);
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++) {
		seam_send(there, &i, SEAM_FOREVER);
		seam_recv(back, &v, SEAM_FOREVER);
	}
	double took = nanoseconds() - start;
	seam_chan_free(there);
	seam_chan_free(back);
	return took;
}

static double pingpong(int64_t n)
{
	return rally(n, 0);
}

static double buffered(int64_t n)
{
	return rally(n, 1);
}

static void sends(void *arg)
{
	(void)arg;
	for (int64_t i = 0; i < rounds; i++)
		seam_send(there, &i, SEAM_FOREVER);
}

static double stream(int64_t n)
{
	int64_t v;
	rounds = n;
	there = seam_chan_make(sizeof(v), Stream);
	seam_go(sends, NULL);
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		seam_recv(there, &v, SEAM_FOREVER);
	double took = nanoseconds() - start;
	seam_chan_free(there);
	return took;
}

static volatile int64_t parked;

#define DEEPER(name, next)                                                     \
	static __attribute__((noinline)) int name(int x)                       \
	{                                                                      \
		return next(x + 1) + x;                                        \
	}

static __attribute__((noinline)) int park(int x)
{
	parked++;
	seam_recv(there, NULL, SEAM_FOREVER);
	return x;
}

DEEPER(third, park)
DEEPER(second, third)
DEEPER(first, second)

static void parks(void *arg)
{
	(void)arg;
	first(1);
}

static double bytes_a_parked(int64_t n)
{
	there = seam_chan_make(0, 0);
	double before = resident();
	for (int64_t i = 0; i < n; i++)
		seam_go(parks, NULL);
	while (parked < n)
		seam_yield();
	return (resident() - before) / n;
}

static double parked100k(void)
{
	return bytes_a_parked(100000);
}

static double parked1m(void)
{
	return bytes_a_parked(1000000);
}

/* For a second or so, in no order; first so long that all are there. */
static void sleeps(void *arg)
{
	int64_t i = (intptr_t)arg;
	seam_sleep((SpawnMs + i * 7919 % 1000) * SEAM_MS);
	for (int k = 1; k < Sleeps; k++)
		seam_sleep((200 + i * 7919 % 1000) * SEAM_MS);
	ended++;
}

/* Processor time: the sleeps themselves cost the same everywhere. */
static double sleepers(void)
{
	int64_t n = 1000000;
	double start = cpu_nanoseconds();
	for (int64_t i = 0; i < n; i++)
		seam_go(sleeps, (void *)(intptr_t)i);
	while (ended < n)
		seam_sleep(10 * SEAM_MS);
	return (cpu_nanoseconds() - start) / (n * Sleeps);
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "spawn", spawn, NULL },
		{ "spawn1000", spawn1000, NULL },
		{ "yield", yield, NULL },
		{ "pingpong", pingpong, NULL },
		{ "buffered", buffered, NULL },
		{ "stream", stream, NULL },
		{ "parked100k", NULL, parked100k },
		{ "parked1m", NULL, parked1m },
		{ "sleepers", NULL, sleepers },
		{ NULL, NULL, NULL },
	};
	return bench_main(table, argc, argv);
}
