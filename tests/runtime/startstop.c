/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * startstop.c - seam_start, seam_stop; what threads of the program may call
 * when; the ends of threads, and of a process in which they wait.
 */
#include "threads.h"
#include <limits.h>

/* A number of the process, from proc(5). */
static long of_process(const char *key)
{
	char line[256];
	long n = -1;
	FILE *f = fopen("/proc/self/status", "r");
	CHECK(f);
	while (n < 0 && fgets(line, sizeof(line), f))
		if (strncmp(line, key, strlen(key)) == 0)
			n = atol(line + strlen(key));
	fclose(f);
	CHECK(n >= 0);
	return n;
}

/* Again and again, from any thread */

static int64_t sum;

static void adds(void *arg)
{
	seam_sleep((intptr_t)arg % 3 * 100 * SEAM_US);
	__atomic_add_fetch(&sum, (intptr_t)arg, __ATOMIC_SEQ_CST);
}

static void *one_run(void *arg)
{
	sum = 0;
	CHECK(seam_start() == 0);
	FAILS(seam_start(), EALREADY);
	for (intptr_t i = 1; i <= 20; i++)
		CHECK(seam_go(adds, (void *)i) > 1);
	CHECK(seam_stop(SEAM_FOREVER) == 0);
	CHECK(sum == 210);
	FAILS(seam_go(adds, NULL), EPERM);
	FAILS(seam_stop(0), EPERM);
	return arg;
}

static long lesser(long a, long b)
{
	return a < b ? a : b;
}

static void ten_runs(void)
{
	for (int i = 0; i < 10; i++) {
		if (i % 2)
			one_run(NULL);
		else
			ended(thread(one_run, NULL));
		while (of_process("Threads:") > 1)
			continue;
	}
}

/*
 * What is lost at every start or stop shows in every ten of them: a page a
 * run at least, or the addresses of a thread's stack, 8 MB. libc's arenas and
 * stacks for threads to come grow now and then, by 132 kB and 64 MB.
 */
static void again(void *arg)
{
	long memory = LONG_MAX, addresses = LONG_MAX;
	(void)arg;
	ten_runs();
	for (int i = 0; i < 9; i++) {
		long resident = of_process("VmRSS:");
		long size = of_process("VmSize:");
		ten_runs();
		memory = lesser(memory, of_process("VmRSS:") - resident);
		addresses = lesser(addresses, of_process("VmSize:") - size);
	}
	CHECK(memory < 10 * 4);
	CHECK(addresses < 10 * 8 * 1024);
}

static void test_again(void **state)
{
	(void)state;
	ends_well_as(as_thread, again);
}

/* What seam_stop() waits for */

static seam_chan *held;

static void holds(void *arg)
{
	FAILS(seam_stop(SEAM_FOREVER), EDEADLK);
	seam_recv(arg, NULL, SEAM_FOREVER);
}

static seam_waitgroup never;

static void *thread_waits(void *arg)
{
	FAILS(seam_wg_wait(&never, SEAM_FOREVER), ECANCELED);
	FAILS(seam_wg_wait(&never, SEAM_FOREVER), EPERM);
	return arg;
}

/* A thread that waits, and for nothing that happens. */
static pthread_t start_waiting(void)
{
	CHECK(seam_wg_add(&never, 1) == 0);
	pthread_t t = thread(thread_waits, NULL);
	UNTIL(!empty(&never.waiters));
	return t;
}

static void stops(void *arg)
{
	(void)arg;
	held = seam_chan_make(0, 0);
	FAILS(seam_stop(0), EPERM);
	CHECK(seam_start() == 0);
	CHECK(seam_go(holds, held) > 1);
	FAILS(seam_stop(0), ETIMEDOUT);
	FAILS(seam_stop(seam_now() + 5 * SEAM_MS), ETIMEDOUT);
	pthread_t t = start_waiting();
	CHECK(seam_send(held, NULL, SEAM_FOREVER) == 0);
	CHECK(seam_stop(SEAM_FOREVER) == 0);
	ended(t);
}

static void test_stops(void **state)
{
	(void)state;
	ends_well_as(as_thread, stops);
}

/* Who may call what when */

static void tries(void *arg)
{
	(void)arg;
	FAILS(seam_start(), EALREADY);
	FAILS(seam_stop(0), EDEADLK);
}

static void *others_try(void *arg)
{
	FAILS(seam_run(tries, NULL), EALREADY);
	FAILS(seam_start(), EALREADY);
	FAILS(seam_stop(0), EPERM);
	CHECK(seam_id() == 0);
	FAILS(seam_setname("thread"), EPERM);
	CHECK(!seam_name() && errno == EPERM);
	FAILS(seam_go(NULL, NULL), EINVAL);
	FAILS(seam_join(12345, 0), ESRCH);
	FAILS(seam_wait_fd(0, 0, 0), EINVAL);
	return arg;
}

static void in_run(void *arg)
{
	tries(arg);
	ended(thread(others_try, NULL));
}

static void around_run(void *arg)
{
	(void)arg;
	FAILS(seam_yield(), EPERM);
	FAILS(seam_go(tries, NULL), EPERM);
	CHECK(seam_run(in_run, NULL) == 0);
	FAILS(seam_yield(), EPERM);
	FAILS(seam_go(tries, NULL), EPERM);
	FAILS(seam_start(), EALREADY);
	FAILS(seam_stop(0), EPERM);
}

static void test_callers(void **state)
{
	(void)state;
	ends_well_as(as_thread, around_run);
}

/* The end of seam_run() ends the waits of threads. */

static pthread_t waiter;

static void leaves(void *arg)
{
	(void)arg;
	waiter = start_waiting();
}

static void ends_run(void *arg)
{
	(void)arg;
	CHECK(seam_run(leaves, NULL) == 0);
	ended(waiter);
}

static void test_ends_run(void **state)
{
	(void)state;
	ends_well_as(as_thread, ends_run);
}

/* The ends of threads */

static int key, destroyed;

static void destroy(void *value)
{
	CHECK(value == &key && seam_yield() == 0);
	destroyed++;
}

static void *has_value(void *arg)
{
	CHECK(!seam_getlocal(key));
	CHECK(seam_setlocal(key, &key) == 0 && seam_getlocal(key) == &key);
	return arg;
}

static void threads_end(void *arg)
{
	long before = 0;
	(void)arg;
	key = seam_key_make(destroy);
	CHECK(seam_start() == 0);
	for (int i = 0; i < 10000; i++) {
		ended(thread(has_value, NULL));
		if (i == 100)
			before = of_process("VmRSS:");
	}
	CHECK(destroyed == 10000);
	CHECK(of_process("VmRSS:") - before < 1024);
}

static void test_threads_end(void **state)
{
	(void)state;
	ends_well_as(as_thread, threads_end);
}

/* Deadlocks: whether a thread may yet act */

static void *acts_late(void *arg)
{
	usleep(50 * 1000); /* all others are asleep by then, most often */
	CHECK(seam_send(arg, NULL, SEAM_FOREVER) == 0);
	return arg;
}

static void waits_for_thread(void *arg)
{
	seam_chan *c = seam_chan_make(0, 0);
	(void)arg;
	pthread_t t = thread(acts_late, c);
	CHECK(seam_recv(c, NULL, SEAM_FOREVER) == 0);
	ended(t);
}

static void test_late(void **state)
{
	(void)state;
	ends_well(waits_for_thread);
}

static void *waits_forever(void *arg)
{
	seam_recv(arg, NULL, SEAM_FOREVER);
	return NULL;
}

static void all_wait(void *arg)
{
	seam_chan *c = seam_chan_make(0, 0);
	(void)arg;
	thread(waits_forever, c);
	seam_recv(c, NULL, SEAM_FOREVER);
}

static void *comes_and_goes(void *arg)
{
	CHECK(seam_send(arg, NULL, SEAM_FOREVER) == 0);
	usleep(20 * 1000); /* all others are asleep by then, most often */
	return arg;
}

static void all_gone(void *arg)
{
	seam_chan *c = seam_chan_make(0, 0);
	(void)arg;
	pthread_t t = thread(comes_and_goes, c);
	CHECK(seam_recv(c, NULL, SEAM_FOREVER) == 0);
	pthread_detach(t);
	seam_recv(c, NULL, SEAM_FOREVER);
}

static void waits(void *arg)
{
	seam_recv(arg, NULL, SEAM_FOREVER);
}

static void stopper_waits(void *arg)
{
	(void)arg;
	CHECK(seam_start() == 0);
	CHECK(seam_go(waits, seam_chan_make(0, 0)) > 1);
	seam_stop(SEAM_FOREVER);
}

static void deadlocks(way way, void (*fn)(void *), const char *words)
{
	for (int i = 0; i < 4; i++) {
		struct ending end = run_as(
			way, i % 2 ? "SEAM_MAXPROCS=1" : "SEAM_MAXPROCS=4", fn);
		if (!strstr(end.said, words))
			print_error("%s\n", end.said);
		assert_true(WIFEXITED(end.status));
		assert_int_equal(WEXITSTATUS(end.status), 2);
		assert_non_null(strstr(end.said, "asleep: deadlock\n"));
		assert_non_null(strstr(end.said, words));
	}
}

static void test_deadlock(void **state)
{
	(void)state;
	deadlocks(as_goroutine, all_wait, "\nthread ");
	deadlocks(as_goroutine, all_wait, " [waiting, chan receive 0x");
	deadlocks(as_goroutine, all_gone, "goroutine 1 \"main\" [waiting");
	deadlocks(as_thread, stopper_waits, "goroutine 2 [waiting, chan rec");
	deadlocks(as_thread, stopper_waits, " [waiting, stop, ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_callers),
		cmocka_unit_test(test_ends_run),
		cmocka_unit_test(test_threads_end),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_deadlock),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
