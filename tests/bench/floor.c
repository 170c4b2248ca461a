/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * floor.c - the same without any checks, on a thread's own stack: nothing that
 * grows can be faster.
 */
#include "libccall.h"
#include "split.h"

int64_t crossing(int64_t x);
int64_t (*crossing_fn)(int64_t x) = leaf;
char *crossing_sp;
uint64_t crossing_guard;

static void run_fresh(void (*task)(void))
{
	task();
}

static NOINLINE double crossings(int64_t n)
{
	int64_t x = 0;
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		x = crossing(x);
	return (nanoseconds() - start) / n;
}

static double bare_crossing(void)
{
	static char stack[8192] __attribute__((aligned(64)));
	crossing_sp = stack + sizeof(stack);
	return crossings(HotCalls) - ns_a_call(0, HotCalls);
}

static double libc(int64_t n)
{
	double start = nanoseconds();
	plain_calls(n);
	return nanoseconds() - start;
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "first", first, NULL },	{ "warm", warm, NULL },
		{ "hot", NULL, bare_crossing }, { "libc", libc, NULL },
		{ NULL, NULL, NULL },
	};
	printf("%.4f\n", answer(chosen(table, argc, argv)));
	return 0;
}
