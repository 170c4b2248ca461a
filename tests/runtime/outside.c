/* SPDX-License-Identifier: BSD-2-Clause */
/* outside.c - calls that wait in the kernel do not stop other goroutines. */
#include "together.h"

static int bell[2];

/* Until somebody rings; on a stack that has room. */
static void *awaits(void *arg)
{
	volatile char room[300000];
	char c;
	room[0] = 1;
	CHECK(read(*(int *)arg, &c, 1) == room[0]);
	errno = EXDEV;
	return arg;
}

static void rings(void *arg)
{
	CHECK(write(*(int *)arg, "x", 1) == 1);
}

/* The same without waiting in the kernel: nobody could notice that. */
static void *spins(void *arg)
{
	while (!__atomic_load_n((int *)arg, __ATOMIC_SEQ_CST))
		__builtin_ia32_pause();
	return arg;
}

static void lets_go(void *arg)
{
	__atomic_store_n((int *)arg, 1, __ATOMIC_SEQ_CST);
}

static void others_run(void *arg)
{
	(void)arg;
	CHECK(!seam_blocking(NULL, NULL) && errno == EINVAL);
	CHECK(pipe(bell) == 0);
	for (int i = 0; i < 200; i++) {
		start(rings, &bell[1]);
		CHECK(seam_blocking(awaits, &bell[0]) == &bell[0]);
		CHECK(errno == EXDEV);
		int free = 0;
		start(lets_go, &free);
		CHECK(seam_blocking(spins, &free) == &free);
		join();
	}
}

static void test_others_run(void **state)
{
	(void)state;
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_ptr_equal(seam_blocking(awaits, fds), fds);
	ends_well(others_run);
}

/* A timer and a descriptor are looked after while nobody is active. */

static int fired;

static void fires(void *arg)
{
	char c;
	CHECK(seam_sleep(SEAM_MS) == 0);
	CHECK(seam_read(bell[0], &c, 1, seam_now() + 3 * SEAM_MS) < 0);
	fired = 1;
	CHECK(write(*(int *)arg, "x", 1) == 1);
}

static void events_come(void *arg)
{
	int fds[2];
	(void)arg;
	CHECK(pipe(bell) == 0 && pipe(fds) == 0);
	for (int i = 0; i < 20; i++) {
		start(fires, &fds[1]);
		seam_blocking(awaits, &fds[0]);
		CHECK(fired);
		join();
	}
}

static void test_events_come(void **state)
{
	(void)state;
	ends_well(events_come);
}

/* Many at once; and those who come back run no two at a time on one M. */

enum { Many = 48 };
static int ends[Many][2], begun, counted;

static void counts(void *arg)
{
	__atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
	seam_blocking(awaits, &ends[(intptr_t)arg][0]);
	for (int i = 0; i < 1000; i++) {
		int n = __atomic_load_n(&counted, __ATOMIC_RELAXED);
		for (int j = 0; j < 20; j++)
			__builtin_ia32_pause();
		__atomic_store_n(&counted, n + 1, __ATOMIC_RELAXED);
	}
}

static void many(void *arg)
{
	(void)arg;
	for (int i = 0; i < Many; i++) {
		CHECK(pipe(ends[i]) == 0);
		start(counts, (void *)(intptr_t)i);
	}
	UNTIL(__atomic_load_n(&begun, __ATOMIC_SEQ_CST) == Many);
	for (int i = 0; i < Many; i++)
		rings(&ends[i][1]);
	join();
	if (strcmp(getenv("SEAM_MAXPROCS"), "1") == 0)
		CHECK(counted == Many * 1000);
}

static void test_many(void **state)
{
	(void)state;
	setenv("SEAM_MAXPROCS", "2", 1); /* where ends_well() sets none */
	ends_well(many);
	unsetenv("SEAM_MAXPROCS");
}

static void stays_outside(void *arg)
{
	begun = 1;
	seam_blocking(awaits, arg);
}

/* The end does not wait for those outside. */
static void ends_meanwhile(void *arg)
{
	(void)arg;
	CHECK(pipe(bell) == 0);
	seam_go(stays_outside, &bell[0]);
	UNTIL(__atomic_load_n(&begun, __ATOMIC_SEQ_CST));
	/* One that runs on the calling thread would be waited for. */
	rings(&bell[1]);
}

static void test_ends_meanwhile(void **state)
{
	(void)state;
	ends_well(ends_meanwhile);
}

/* Without seam_blocking() it is noticed. */

static void unannounced(void *arg)
{
	(void)arg;
	CHECK(pipe(bell) == 0);
	for (int i = 0; i < 5; i++) {
		start(rings, &bell[1]);
		awaits(&bell[0]);
		join();
	}
}

static void stays(void *arg)
{
	(void)arg;
	CHECK(pipe(ends[0]) == 0);
	seam_go(stays_outside, &ends[0][0]);
	usleep(200 * 1000); /* many times what it takes to be noticed */
	CHECK(begun == 0);
}

static void test_unannounced(void **state)
{
	(void)state;
	ends_well(unannounced);
	setenv("SEAM_MAXPROCS", "1", 1);
	struct ending end = run_with("SEAM_DEBUG=stay", stays);
	unsetenv("SEAM_MAXPROCS");
	if (end.status)
		print_error("%s\n", end.said);
	assert_int_equal(end.status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_others_run),
		cmocka_unit_test(test_events_come),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_ends_meanwhile),
		cmocka_unit_test(test_unannounced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
