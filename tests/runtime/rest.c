/* SPDX-License-Identifier: BSD-2-Clause */
/* rest.c - what it costs that goroutines wait: no processor, little memory; and
 * what it costs that one computes. */
#include "scenario.h"

#include <sys/resource.h>
#include <time.h>

#define NOINLINE __attribute__((noinline))

enum { Many = 2000, Deep = 40 };

static seam_chan *go_on, *here;

static int64_t cpu_time(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * SEAM_S + t.tv_nsec;
}

static void waits(void *arg)
{
	(void)arg;
	seam_recv(go_on, NULL, SEAM_FOREVER);
}

/* A tenth of what one thread that spins would use, is too much. */
static void idle(void *arg)
{
	(void)arg;
	go_on = seam_chan_make(0, 0);
	for (int i = 0; i < 100; i++)
		seam_go(waits, NULL);
	seam_sleep(100 * SEAM_MS);
	int64_t before = cpu_time();
	seam_sleep(1000 * SEAM_MS);
	CHECK(cpu_time() - before < 100 * SEAM_MS);
}

static long sleeps(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_nvcsw;
}

/* Nobody can do anything for one who computes: a look each 10 ms is enough. */
static void computes(void *arg)
{
	(void)arg;
	volatile long work = 0;
	long before = sleeps();
	for (int64_t end = seam_now() + SEAM_S; seam_now() < end;)
		work++;
	CHECK(sleeps() - before < 300);
}

static void meet(void)
{
	CHECK(seam_send(here, NULL, SEAM_FOREVER) == 0);
	CHECK(seam_recv(go_on, NULL, SEAM_FOREVER) == 0);
}

static NOINLINE int deep(int n)
{
	volatile char room[1000];
	memset((char *)room, n, sizeof(room));
	if (!n)
		meet();
	return n ? deep(n - 1) + room[n] - n : 0;
}

static void deep_then_waits(void *arg)
{
	(void)arg;
	CHECK(deep(Deep) == 0);
	meet();
}

static void all_meet(void)
{
	for (int i = 0; i < Many; i++)
		CHECK(seam_recv(here, NULL, SEAM_FOREVER) == 0);
}

/* Each has some 60 KiB of stack, all at once, and then keeps a few. */
static void shrinks(void *arg)
{
	(void)arg;
	go_on = seam_chan_make(0, 0);
	here = seam_chan_make(0, 0);
	long before = resident();
	for (int i = 0; i < Many; i++)
		seam_go(deep_then_waits, NULL);
	all_meet();
	CHECK(resident() - before > Many * 32768L);
	for (int i = 0; i < Many; i++)
		CHECK(seam_send(go_on, NULL, SEAM_FOREVER) == 0);
	all_meet();
	CHECK(resident() - before < Many * 16384L);
}

static void test_idle(void **state)
{
	(void)state;
	ends_well(idle);
}

static void test_computes(void **state)
{
	(void)state;
	assert_int_equal(run_with("SEAM_MAXPROCS=1", computes).status, 0);
}

/* Not with a seam at every call: that is another use of memory. */
static void test_shrinks(void **state)
{
	(void)state;
	assert_int_equal(run_with("SEAM_MAXPROCS=1", shrinks).status, 0);
	assert_int_equal(run_with("SEAM_MAXPROCS=4", shrinks).status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_computes),
		cmocka_unit_test(test_shrinks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
