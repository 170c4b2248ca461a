/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario.h - runs code on goroutines for cmocka. cmocka's asserts longjmp,
 * so none may stand on a goroutine: a scenario runs in a child process, where
 * CHECK prints what failed and exits 1; the parent asserts on its end.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <seam.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define FAILS(call, e) CHECK((call) < 0 && errno == (e))

/* Until others have made COND true; the scenario's alarm is the limit. */
#define UNTIL(cond)                                                            \
	while (!(cond))                                                        \
	seam_sleep(20 * SEAM_US)

/*
 * A goroutine that calls WAIT(ARG), which is to wait without end, and is
 * cancelled at about that time: before it, in it, on the way.
 */
struct victim {
	int (*wait)(void *arg); /* returns its errno */
	void *arg;
	int begun;
};

static __attribute__((unused)) void victim(void *arg)
{
	struct victim *v = arg;
	__atomic_store_n(&v->begun, 1, __ATOMIC_SEQ_CST);
	CHECK(v->wait(v->arg) == ECANCELED);
}

static __attribute__((unused)) void cancels(int (*wait)(void *), void *arg)
{
	for (int i = 0; i < 2000; i++) {
		struct victim v = { wait, arg, 0 };
		int64_t id = seam_go(victim, &v);
		while (i % 8 && !__atomic_load_n(&v.begun, __ATOMIC_SEQ_CST))
			seam_yield();
		/* Elsewhere it is about to wait just now. */
		for (int j = i % 400; j > 0; j--)
			__builtin_ia32_pause();
		CHECK(seam_cancel(id) == 0);
		CHECK(seam_join(id, SEAM_FOREVER) == 0);
	}
}

/* Bytes of memory that the process has. */
static __attribute__((unused)) long resident(void)
{
	long size, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	CHECK(f && fscanf(f, "%ld %ld", &size, &pages) == 2);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* How a scenario's process ended, and what it wrote to standard error. */
struct ending {
	int status; /* as wait() gives it */
	char said[65536];
};

static void hear(int fd, struct ending *end)
{
	size_t n = 0;
	ssize_t got;
	while (n < sizeof(end->said) - 1
	       && (got = read(fd, end->said + n, sizeof(end->said) - 1 - n))
			  > 0)
		n += (size_t)got;
	end->said[n] = '\0';
}

/* How a process begins with FN. */
typedef void (*way)(void (*fn)(void *));

static __attribute__((unused)) void as_goroutine(void (*fn)(void *))
{
	CHECK(seam_run(fn, NULL) == 0);
}

static __attribute__((unused)) void as_thread(void (*fn)(void *))
{
	fn(NULL);
}

/* Begin WAY with FN in a process in which SETTING ("NAME=VALUE") holds. */
static struct ending run_as(way way, const char *setting, void (*fn)(void *))
{
	static struct ending end;
	struct rlimit no_core = { 0, 0 };
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGSEGV, SIG_DFL); /* not cmocka's handler */
		alarm(300);
		putenv(strdup(setting));
		way(fn);
		_exit(0);
	}
	close(fds[1]);
	hear(fds[0], &end);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &end.status, 0), pid);
	return end;
}

/* FN as goroutine 1. */
static __attribute__((unused)) struct ending run_with(const char *setting,
						      void (*fn)(void *))
{
	return run_as(as_goroutine, setting, fn);
}

/* FN ends well on one M, on four, with a seam at every call, by g0 always. */
static __attribute__((unused)) void ends_well_as(way way, void (*fn)(void *))
{
	static const char *const settings[] = {
		"SEAM_MAXPROCS=1",
		"SEAM_MAXPROCS=4",
		"SEAM_DEBUG=split,poison",
		"SEAM_DEBUG=look",
	};
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		struct ending end = run_as(way, settings[i], fn);
		if (end.status)
			print_error("%s: %s\n", settings[i], end.said);
		assert_int_equal(end.status, 0);
	}
}

static __attribute__((unused)) void ends_well(void (*fn)(void *))
{
	ends_well_as(as_goroutine, fn);
}

#endif
