/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench.h - what the programs of this room have in common: PROGRAM WORK prints
 * one number, the answer of the work of that name in the program's table.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One of the two functions is NULL. The table ends with a NULL name. */
struct work {
	const char *name;
	double (*timed)(int64_t n); /* nanoseconds that N operations take */
	double (*once)(void);	    /* the answer */
};

/* Enough for the clock, short enough for many rounds. */
#define ENOUGH_NS 2e8

static inline double clock_nanoseconds(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* Of this process, in all its threads. */
static inline double cpu_nanoseconds(void)
{
	return clock_nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
}

static inline double wall_nanoseconds(void)
{
	return clock_nanoseconds(CLOCK_MONOTONIC);
}

/*
 * On one processor the work never waits, and CPU time is its time whatever
 * else runs on the machine; on more it is the wall clock's.
 */
static inline double nanoseconds(void)
{
	const char *procs = getenv("SEAM_MAXPROCS");
	if (procs && strcmp(procs, "1") == 0)
		return cpu_nanoseconds();
	return wall_nanoseconds();
}

/* Nanoseconds an operation, over so many that they take ENOUGH_NS. */
static inline double measure(double (*timed)(int64_t n))
{
	for (int64_t n = 1000;;) {
		double ns = timed(n);
		if (ns >= ENOUGH_NS)
			return ns / n;
		double more = ns > 0 ? 1.2 * ENOUGH_NS / ns : 100;
		n *= more > 100 ? 100 : more < 2 ? 2 : more;
	}
}

static inline double answer(const struct work *w)
{
	return w->timed ? measure(w->timed) : w->once();
}

/* Bytes of this process in memory. */
static inline double resident(void)
{
	char line[256];
	double kilobytes = 0;
	FILE *f = fopen("/proc/self/status", "r");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		sscanf(line, "VmRSS: %lf", &kilobytes);
	fclose(f);
	return kilobytes * 1024;
}

/* The work that the command line names, or the end of the program. */
static inline const struct work *chosen(const struct work *table, int argc,
					char **argv)
{
	const struct work *w;
	for (w = table; w->name && argc > 1; w++)
		if (strcmp(w->name, argv[1]) == 0)
			return w;
	fprintf(stderr, "%s: no such work\n", argv[0]);
	exit(64);
}

#endif
