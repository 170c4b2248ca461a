/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whole.c - run whole_program() in a goroutine (under -fsplit-stack), or else
 * on a thread, and print the seconds of CPU time that it took. What it
 * prints itself is thrown away.
 */
#include "whole.h"
#include "bench.h"

#include <pthread.h>
#include <unistd.h>

static void cannot(const char *what)
{
	perror(what);
	exit(1);
}

#ifdef IN_GOROUTINE
#include "seam.h"

static void goroutine(void *arg)
{
	(void)arg;
	whole_program();
}

static void run(void)
{
	if (seam_run(goroutine, NULL) < 0)
		cannot("seam_run");
}
#else
static void *thread(void *arg)
{
	whole_program();
	return arg;
}

static void run(void)
{
	pthread_t t;
	if (pthread_create(&t, NULL, thread, NULL) != 0)
		cannot("pthread_create");
	pthread_join(t, NULL);
}
#endif

int main(void)
{
	FILE *answer = fdopen(dup(STDOUT_FILENO), "w");
	if (!answer || !freopen("/dev/null", "w", stdout))
		cannot("stdout");
	run();
	fprintf(answer, "%.6f\n", cpu_nanoseconds() / 1e9);
	return fclose(answer);
}
