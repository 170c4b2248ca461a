/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libccall.c - a function that calls one of libc, which has no checks.
 * Compiled with checks and without, as NAME.
 */
#include "libccall.h"

#include <stdlib.h>

static __attribute__((noinline)) long one(long x)
{
	return labs(x) + 1;
}

long NAME(long n)
{
	long x = 0;
	for (long i = 0; i < n; i++)
		x += one(x);
	return x;
}
