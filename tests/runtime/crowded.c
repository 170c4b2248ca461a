/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowded.c - descriptors beside others who want the processor: goroutines,
 * and threads, with whom all machines have but one between them here.
 */
#define _GNU_SOURCE
#include "descriptors.h"
#include "threads.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/syscall.h>

enum { Connections = 64 };

static int fds[Connections][2]; /* the goroutine's end, the thread's */
static bool over;
static long answers, moves;
static pid_t last; /* the thread that answered last */
static volatile unsigned long work;

static void spin(int64_t ns)
{
	for (int64_t end = seam_now() + ns; seam_now() < end;)
		work++;
}

static void count(void)
{
	pid_t me = (pid_t)syscall(SYS_gettid);
	__atomic_add_fetch(&answers, 1, __ATOMIC_RELAXED);
	if (__atomic_exchange_n(&last, me, __ATOMIC_RELAXED) != me)
		__atomic_add_fetch(&moves, 1, __ATOMIC_RELAXED);
}

static void echo(void *fd)
{
	char c;
	while (seam_read(*(int *)fd, &c, 1, SEAM_FOREVER) == 1) {
		spin(10 * SEAM_US);
		count();
		CHECK(seam_write(*(int *)fd, &c, 1, SEAM_FOREVER) == 1);
	}
}

/* Keeps a message under way on each, and a processor busy. */
static void *asks(void *arg)
{
	struct pollfd p[Connections];
	char c = 0;
	for (int i = 0; i < Connections; i++) {
		p[i] = (struct pollfd){ fds[i][1], POLLIN, 0 };
		CHECK(write(fds[i][1], &c, 1) == 1);
	}
	while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		CHECK(poll(p, Connections, 1000) >= 0);
		for (int i = 0; i < Connections; i++)
			if (p[i].revents) {
				spin(10 * SEAM_US);
				CHECK(read(fds[i][1], &c, 1) == 1);
				CHECK(write(fds[i][1], &c, 1) == 1);
			}
	}
	return arg;
}

static void on_one_processor(void)
{
	cpu_set_t all, one;
	CHECK(sched_getaffinity(0, sizeof(all), &all) == 0);
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	CHECK(sched_setaffinity(0, sizeof(one), &one) == 0);
}

static pthread_t begin(void)
{
	on_one_processor();
	for (int i = 0; i < Connections; i++) {
		pair(fds[i]);
		CHECK(seam_go(echo, &fds[i][0]) > 0);
	}
	pthread_t t = thread(asks, NULL);
	seam_sleep(500 * SEAM_MS); /* until that has been seen */
	return t;
}

static void *joins(void *t)
{
	ended((pthread_t)t);
	return NULL;
}

static void end(pthread_t t)
{
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	seam_blocking(joins, (void *)t);
}

/* Only now and then does another try: one in twelve moves where none sees that
 * there is but one processor, one in a hundred where they do. */
static void stays(void *arg)
{
	(void)arg;
	pthread_t t = begin();
	long answered = answers, moved = moves;
	seam_sleep(2 * SEAM_S);
	answered = answers - answered;
	moved = moves - moved;
	end(t);
	CHECK(answered > 1000 && moved < answered / 25);
}

/* The machine that is told computes: another one is. */
static void computes(void *arg)
{
	(void)arg;
	pthread_t t = begin();
	long before = answers;
	for (int i = 0; i < 5; i++) {
		spin(400 * SEAM_MS);
		seam_yield();
	}
	long answered = answers - before;
	end(t);
	CHECK(answered > 5000);
}

/* All machines compute, and look around after 61 of these: answers come once
 * in 300 ms then, some 1,500 of them. Where the watcher asks, ten times that.
 */
static void slice(void *arg)
{
	(void)arg;
	for (int64_t end = seam_now() + 2 * SEAM_S; seam_now() < end;) {
		spin(5 * SEAM_MS);
		seam_yield();
	}
}

static void computes_in_slices(void *arg)
{
	pthread_t t = begin();
	long before = answers;
	for (int i = 0; i < 2; i++)
		start(slice, arg);
	join();
	long answered = answers - before;
	end(t);
	CHECK(answered > 3000);
}

static void test_stays(void **state)
{
	(void)state;
	if (access("/proc/self/schedstat", R_OK) < 0)
		skip();
	assert_int_equal(run_with("SEAM_MAXPROCS=2", stays).status, 0);
}

static void test_computes(void **state)
{
	(void)state;
	assert_int_equal(run_with("SEAM_MAXPROCS=2", computes).status, 0);
}

static void test_computes_in_slices(void **state)
{
	(void)state;
	assert_int_equal(run_with("SEAM_MAXPROCS=2", computes_in_slices).status,
			 0);
}

/* Others only ever take turns: events are asked for all the same. */

static int bell[2];
static bool rang;

static void *rings(void *arg)
{
	usleep(100 * 1000);
	CHECK(write(bell[1], "x", 1) == 1);
	return arg;
}

static void takes_turns(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&rang, __ATOMIC_RELAXED))
		seam_yield();
}

static void amid_turns(void *arg)
{
	char c;
	pair(bell);
	pthread_t t = thread(rings, NULL);
	for (int i = 0; i < 2; i++)
		start(takes_turns, arg);
	CHECK(seam_read(bell[0], &c, 1, SEAM_FOREVER) == 1);
	__atomic_store_n(&rang, true, __ATOMIC_RELAXED);
	join();
	ended(t);
}

static void test_amid_turns(void **state)
{
	(void)state;
	ends_well(amid_turns);
}

/* Two builds of this would crowd each other: one after the other. */
static void alone(void)
{
	int here = open(".", O_RDONLY | O_CLOEXEC);
	if (here < 0 || flock(here, LOCK_EX) < 0)
		perror(".");
}

int main(void)
{
	alone();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_computes),
		cmocka_unit_test(test_computes_in_slices),
		cmocka_unit_test(test_amid_turns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
