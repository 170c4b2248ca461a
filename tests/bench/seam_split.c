/* SPDX-License-Identifier: BSD-2-Clause */
/* seam_split.c - what growing costs, and calls into code without checks. */
#include "libccall.h"
#include "seam_bench.h"
#include "split.h"

static void (*task)(void);
static volatile int ended;

static void run_task(void *arg)
{
	(void)arg;
	task();
	ended = 1;
}

static void run_fresh(void (*fn)(void))
{
	task = fn;
	ended = 0;
	seam_go(run_task, NULL);
	while (!ended)
		seam_yield();
}

enum { LibcCalls = 100000 };

/* PAD bytes deeper, so that some depth has room left below it. */
static NOINLINE double libc_at(int64_t pad)
{
	volatile char *room = __builtin_alloca(pad);
	use(room, pad);
	double start = nanoseconds();
	checked_calls(LibcCalls);
	double took = nanoseconds() - start;
	use(room, pad);
	return took / LibcCalls;
}

static double libc(void)
{
	double best = libc_at(64);
	for (int64_t pad = 4096; pad <= 65536; pad += 2048)
		best = least(best, libc_at(pad));
	return best;
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "first", first, NULL }, { "warm", warm, NULL },
		{ "hot", NULL, hot },	  { "libc", NULL, libc },
		{ NULL, NULL, NULL },
	};
	return bench_main(table, argc, argv);
}
