/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * split.h - works that grow a stack, for each program that has a way to. Tasks
 * call nothing of libc, which would ask for room of its own: whoever started
 * them holds the clock.
 */
#ifndef SPLIT_H
#define SPLIT_H

#include "bench.h"

#define NOINLINE __attribute__((noinline))

enum {
	Frames = 1000,
	ScanDepths = 400,    /* of 32 bytes: 12 KiB, past a segment or two */
	ScanCalls = 50000,   /* at each depth, to find the worst, */
	ScanTries = 3,	     /* the least of which counts: others run too */
	HotCalls = 10000000, /* there */
};

/* TASK to its end on a fresh small stack. The program's own. */
static void run_fresh(void (*task)(void));

/* What the task is to do, and what keeps its result alive. */
static int64_t task_depth, task_calls;
static volatile int64_t task_result;

static inline void use(volatile char *p, int64_t x)
{
	p[x & 63] = x;
}

/* A frame of about 100 bytes. */
static NOINLINE int64_t frames(int64_t n)
{
	volatile char room[64];
	use(room, n);
	return n > 1 ? frames(n - 1) + room[n & 63] : 1;
}

static inline void grow_task(void)
{
	task_result = frames(Frames);
}

/* Grows once and calls the same frames again. */
static inline void warm_task(void)
{
	for (int64_t i = 0; i < task_calls; i++)
		task_result = frames(Frames);
}

/* Clears 64 bytes, writes one and reads one, as peer.go's. */
static NOINLINE int64_t leaf(int64_t x)
{
	char room[64] = { 0 };
	room[x & 63] = x;
	__asm__ volatile("" : : "r"(room) : "memory");
	return x + room[1] + 1;
}

/* A wider frame than deeper()'s: the scan does not step over a seam. */
static NOINLINE int64_t leaf_calls(int64_t n)
{
	volatile char room[64];
	int64_t x = 0;
	use(room, n);
	for (int64_t i = 0; i < n; i++)
		x = leaf(x);
	return x + room[n & 63];
}

static NOINLINE int64_t deeper(int64_t depth, int64_t n)
{
	volatile char room[1];
	room[0] = 1;
	return depth ? deeper(depth - 1, n) + room[0] : leaf_calls(n);
}

static inline void hot_task(void)
{
	task_result = deeper(task_depth, task_calls);
}

static inline double first(int64_t n)
{
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		run_fresh(grow_task);
	return nanoseconds() - start;
}

static inline double warm(int64_t n)
{
	task_calls = n;
	double start = nanoseconds();
	run_fresh(warm_task);
	return nanoseconds() - start;
}

static inline double least(double a, double b)
{
	return a < b ? a : b;
}

static inline double ns_a_call(int64_t depth, int64_t calls)
{
	task_depth = depth;
	task_calls = calls;
	double start = nanoseconds();
	run_fresh(hot_task);
	return (nanoseconds() - start) / calls;
}

/* Nanoseconds a leaf's call costs at the worst depth more than at the best, by
 * so many there. */
static inline double worst_crossing(int64_t calls)
{
	double ns[ScanDepths];
	int worst = 0, best = 0;
	for (int d = 0; d < ScanDepths; d++) {
		ns[d] = ns_a_call(d, ScanCalls);
		for (int i = 1; i < ScanTries; i++)
			ns[d] = least(ns[d], ns_a_call(d, ScanCalls));
		if (ns[d] > ns[worst])
			worst = d;
		if (ns[d] < ns[best])
			best = d;
	}
	return ns_a_call(worst, calls) - ns_a_call(best, calls);
}

static inline double hot(void)
{
	return worst_crossing(HotCalls);
}

#endif
