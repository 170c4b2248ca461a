/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nested.c - gcc's nested functions: each finds its outer function's variables
 * wherever the seams are, called directly or by a pointer, whose code lies on
 * the stack: the program's stacks, segments too, are executable then.
 */
#include "scenario.h"

#define NOINLINE __attribute__((noinline))

/* Direct calls: a static chain in a register, at each depth of a segment. */
static NOINLINE int direct(int n)
{
	int sum = 0;
	NOINLINE void add(int k)
	{
		volatile char room[40];
		room[0] = room[39] = 1;
		sum += k;
		if (k)
			add(k - 1);
	}
	add(n);
	return sum;
}

static NOINLINE long spread(int n, long a, long b, long c, long d, long e,
			    long f, long g)
{
	long sum = a + b + c + d + e + f + g;
	NOINLINE long again(int k, long a, long b, long c, long d, long e,
			    long f, long g)
	{
		volatile char room[100];
		room[0] = room[99] = 1;
		if (a + b + c + d + e + f + g != sum)
			return -1;
		return k ? again(k - 1, g, a, b, c, d, e, f) : sum;
	}
	return again(n, a, b, c, d, e, f, g);
}

static NOINLINE int by_pointer(int depth)
{
	volatile char room[60];
	int a[20], calls = 0;
	int order(const void *x, const void *y)
	{
		calls++;
		return *(const int *)x - *(const int *)y;
	}
	for (int i = 0; i < 20; i++)
		a[i] = i * 7 % 20;
	qsort(a, 20, sizeof(*a), order);
	for (int i = 0; i < 20; i++)
		CHECK(a[i] == i);
	CHECK(calls >= 19);
	room[0] = room[59] = 1;
	return depth ? by_pointer(depth - 1) + room[0] : 0;
}

static void everything(void *arg)
{
	(void)arg;
	for (int n = 0; n < 200; n++) {
		CHECK(direct(n) == n * (n + 1) / 2);
		CHECK(spread(n, 1, 2, 3, 4, 5, 6, 7) == 28);
	}
	CHECK(by_pointer(200) == 200);
}

static void test_nested(void **state)
{
	(void)state;
	ends_well(everything);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
