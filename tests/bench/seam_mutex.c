/* SPDX-License-Identifier: BSD-2-Clause */
/* seam_mutex.c - a mutex that nobody else wants, and one that eight want. */
#include "seam_bench.h"

enum { Rivals = 8, HoldEvery = 16 };

static seam_mutex mutex;
static int64_t counter;

static double mutex_alone(int64_t n)
{
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++) {
		seam_lock(&mutex, SEAM_FOREVER);
		counter++;
		seam_unlock(&mutex);
	}
	return nanoseconds() - start;
}

static int64_t turns;
static seam_chan *done;

/* Waits with the mutex now and then, so that the others must wait for it. */
static void contends(void *arg)
{
	(void)arg;
	for (int64_t i = 0; i < turns; i++) {
		seam_lock(&mutex, SEAM_FOREVER);
		counter++;
		if (i % HoldEvery == 0)
			seam_yield();
		seam_unlock(&mutex);
	}
	seam_send(done, NULL, SEAM_FOREVER);
}

static double mutex_contended(int64_t n)
{
	turns = n / Rivals;
	done = seam_chan_make(0, 0);
	double start = nanoseconds();
	for (int i = 0; i < Rivals; i++)
		seam_go(contends, NULL);
	for (int i = 0; i < Rivals; i++)
		seam_recv(done, NULL, SEAM_FOREVER);
	double took = nanoseconds() - start;
	seam_chan_free(done);
	return took;
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "mutex", mutex_alone, NULL },
		{ "contended", mutex_contended, NULL },
		{ NULL, NULL, NULL },
	};
	return bench_main(table, argc, argv);
}
