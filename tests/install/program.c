/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program.c - a user's first program: goroutines that recurse a megabyte deep
 * from a first segment of a few KB, and call libc wherever they stand. Prints
 * `right` and ends with 0 when all that they made is as expected.
 *
 * `program core` parks a goroutine and aborts.
 */
#include <seam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Goroutines = 8, Depth = 1000, Numbers = 64 };

static seam_chan *results;

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/*
 * How many of NUMBERS are in order as libc sorted, wrote and read them. The
 * frame is a large one: --split-stack-adjust-size is for those.
 */
static int in_order(double *numbers)
{
	char text[512];
	int good = 0;

	qsort(numbers, Numbers, sizeof *numbers, ascending);
	for (int i = 0; i < Numbers; i++) {
		snprintf(text, sizeof text, "%a", numbers[i]);
		good += strtod(text, NULL) == numbers[i]
			&& numbers[i] == i / 8.0;
	}
	return good;
}

/* How many numbers came out right at this depth and below. */
static int dig(int depth)
{
	double numbers[Numbers];

	for (int i = 0; i < Numbers; i++)
		numbers[i] = (i * 37 + depth) % Numbers / 8.0;
	int below = depth ? dig(depth - 1) : 0;
	return in_order(numbers) + below;
}

static void worker(void *arg)
{
	int good = dig(Depth - 1);
	printf("%s %.1f%%\n", (const char *)arg,
	       100.0 * good / (Depth * Numbers));
	seam_send(results, &good, SEAM_FOREVER);
}

static void compute(void *arg)
{
	int *right = arg, good;

	for (int i = 0; i < Goroutines; i++)
		seam_go(worker, "numbers right:");
	for (int i = 0; i < Goroutines; i++) {
		seam_recv(results, &good, SEAM_FOREVER);
		*right += good == Depth * Numbers;
	}
}

static void parked(void *arg)
{
	seam_recv(arg, NULL, SEAM_FOREVER);
}

static void die(void *arg)
{
	seam_go(parked, arg);
	seam_yield();
	abort();
}

int main(int argc, char **argv)
{
	int right = 0;

	results = seam_chan_make(sizeof right, 0);
	if (argc > 1 && !strcmp(argv[1], "core"))
		return seam_run(die, results);
	if (seam_run(compute, &right) != 0 || right != Goroutines)
		return 1;
	puts("right");
	return 0;
}
