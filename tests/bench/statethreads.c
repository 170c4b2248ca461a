/* SPDX-License-Identifier: BSD-2-Clause */
/* statethreads.c - State Threads: no channels, stacks of one size. */
#include "bench.h"

#include <st.h>

enum { SmallStack = 8192 };

static void *nothing(void *arg)
{
	return arg;
}

/* Its threads take turns by sleeping for no time; it has no other yield. */
static void yield_once(void)
{
	st_usleep(0);
}

static st_thread_t start(void *(*fn)(void *), int stack)
{
	st_thread_t t = st_thread_create(fn, NULL, 1, stack);
	if (!t) {
		perror("st_thread_create");
		exit(1);
	}
	return t;
}

static double spawn(int64_t n)
{
	double from = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		st_thread_join(start(nothing, 0), NULL);
	return nanoseconds() - from;
}

static int64_t rounds;

static void *yields(void *arg)
{
	for (int64_t i = 0; i < rounds; i++)
		yield_once();
	return arg;
}

static double yield(int64_t n)
{
	rounds = n;
	st_thread_t other = start(yields, 0);
	double from = nanoseconds();
	yields(NULL);
	st_thread_join(other, NULL);
	return nanoseconds() - from;
}

static st_cond_t gate;
static int64_t parked;

static void *parks(void *arg)
{
	parked++;
	st_cond_wait(gate);
	return arg;
}

static double parked100k(void)
{
	int64_t n = 100000;
	double before = resident();
	gate = st_cond_new();
	for (int64_t i = 0; i < n; i++)
		start(parks, SmallStack);
	while (parked < n)
		yield_once();
	return (resident() - before) / n;
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "spawn", spawn, NULL },
		{ "yield", yield, NULL },
		{ "parked100k", NULL, parked100k },
		{ NULL, NULL, NULL },
	};
	const struct work *w = chosen(table, argc, argv);
	st_init();
	printf("%.4f\n", answer(w));
	return 0;
}
