/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whole.c - run whole_program() in a goroutine (under -fsplit-stack), or else
 * on a thread, and print the seconds of user CPU time that it took. What it
 * prints itself is thrown away.
 */
#include "whole.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
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

static double user_seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_utime.tv_usec * 1e-6;
}

int main(void)
{
	FILE *answer = fdopen(dup(STDOUT_FILENO), "w");
	if (!answer || !freopen("/dev/null", "w", stdout))
		cannot("stdout");
	run();
	fprintf(answer, "%.6f\n", user_seconds());
	return fclose(answer);
}
