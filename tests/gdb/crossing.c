/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crossing.c - functions for stepping.py to step through, which run either on
 * one stack or with a seam at each call:
 *
 *	crossing one	on the thread's own stack, where nothing grows
 *	crossing up	on a goroutine, newer segments above the older ones
 *	crossing down	below them
 *
 * stepping.py finds lines by the remarks behind them.
 */
#include <seam.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#ifdef __clang__
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE __attribute__((noinline, noclone))
#endif
#define UNCHECKED __attribute__((no_split_stack))

struct pair {
	long first;
	long second;
};

struct large {
	long all[9];
};

static volatile long given;

NOINLINE long leaf(long n)
{
	volatile char room[600];
	room[0] = (char)n; /* into leaf */
	given = room[0] + 1;
	return given; /* out of leaf */
}

NOINLINE long middle(long n)
{
	volatile long kept = n;
	kept = leaf(kept + 1);
	given += kept; /* behind the first call */
	kept += leaf(7);
	given += kept;
	return given; /* out of middle */
}

NOINLINE long deep(long depth)
{
	volatile long below = 1;
	if (depth == 1)
		given = 1; /* depth 1 */
	if (depth == 0)
		below = leaf(100); /* depth 0 */
	else
		below += deep(depth - 1);
	given = below; /* behind the recursion */
	return below + depth;
}

NOINLINE struct pair two(long n)
{
	long first = leaf(n);
	return (struct pair){ first, n };
}

NOINLINE struct large many(long a, long b, long c, long d, long e, long f,
			   long g, long h)
{
	struct large all = { { a, b, c, d, e, f, g, h, leaf(1) } };
	return all;
}

NOINLINE double half(double n)
{
	given = leaf(2);
	return n / 2;
}

NOINLINE void nothing(void)
{
	leaf(3);
}

NOINLINE void work(void *unused)
{
	struct pair pair;
	struct large large;
	long sum = middle(1); /* the first call */
	sum += middle(2);
	sum += deep(4);
	pair = two(5);
	large = many(1, 2, 3, 4, 5, 6, 7, 8);
	sum += (long)half(9);
	nothing();
	sum += pair.second + large.all[8];
	printf("%ld\n", sum);
}

/* Segments in a row. A sum of 32 MiB is enough for all that work asks for. */
enum { Room = 32 << 20 };
static char *lowest, *highest;
static int down;

UNCHECKED void *stackalloc(uint64_t n)
{
	if (highest - lowest < (long)n)
		return NULL;
	if (down)
		return highest -= n;
	lowest += n;
	return lowest - n;
}

UNCHECKED void stackfree(void *p)
{
	(void)p;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	if (strcmp(how, "one") == 0) {
		work(NULL);
		return 0;
	}
	down = strcmp(how, "down") == 0;
	lowest = mmap(NULL, Room, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (lowest == MAP_FAILED)
		return 1;
	highest = lowest + Room;
	return seam_run(work, NULL);
}
