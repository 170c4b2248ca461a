/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stock.c - what machines keep when they run nothing: not many of them
 * anything. And there are no more of them than are needed.
 */
#include "together.h"

#include <dlfcn.h>
#include <pthread.h>
#include <threads.h>

enum {
	Many = 48,    /* machines that have had */
	Batch = 1000, /* goroutines, some 2.3 KB each when they are dead */
	Half = Many / 2 * Batch,
	Rounds = 300, /* of one going outside and coming back */
};
static const long Held = Half * 2300L; /* too much for a few, in bytes */

static int doors[Many][2], nin;
static seam_waitgroup batches[Many];

static void *awaits(void *fd)
{
	char c;
	__atomic_add_fetch(&nin, 1, __ATOMIC_SEQ_CST);
	CHECK(read(*(int *)fd, &c, 1) == 1);
	return NULL;
}

static void ends(void *wg)
{
	seam_wg_done(wg);
}

static void batch(int i)
{
	seam_wg_add(&batches[i], Batch);
	for (int k = 0; k < Batch; k++)
		CHECK(seam_go(ends, &batches[i]) > 0);
	CHECK(seam_wg_wait(&batches[i], SEAM_FOREVER) == 0);
}

static void goes_outside(void *i)
{
	batch((int)(intptr_t)i);
	seam_blocking(awaits, &doors[(intptr_t)i][0]);
}

/* Its machine is replaced. */
static void sleeps(void *i)
{
	batch((int)(intptr_t)i);
	awaits(&doors[(intptr_t)i][0]);
}

/* One after the other, so that each has had a machine of its own. */
static void all_in(void (*fn)(void *))
{
	for (int i = 0; i < Many; i++)
		CHECK(pipe(doors[i]) == 0);
	nin = 0;
	for (int i = 0; i < Many; i++) {
		start(fn, (void *)(intptr_t)i);
		UNTIL(__atomic_load_n(&nin, __ATOMIC_SEQ_CST) > i);
	}
}

static void all_back(void)
{
	for (int i = 0; i < Many; i++)
		CHECK(write(doors[i][1], "x", 1) == 1);
	join();
}

static void outside(void *arg)
{
	(void)arg;
	long before = resident();
	all_in(goes_outside);
	CHECK(resident() - before < Held);
	all_back();
	CHECK(resident() - before < Held);
}

static void waits(void *c)
{
	seam_recv(c, NULL, SEAM_FOREVER);
}

/* What idle machines had serves one that makes many goroutines. */
static void idle(void *arg)
{
	(void)arg;
	all_in(sleeps);
	all_back();
	seam_sleep(100 * SEAM_MS); /* until most of them are idle */
	long before = resident();
	seam_chan *c = seam_chan_make(0, 0);
	for (int i = 0; i < Half; i++)
		CHECK(seam_go(waits, c) > 0);
	CHECK(resident() - before < Held / 2);
	seam_chan_close(c);
}

/*
 * The runtime's threads are made here, and all but the first are long in
 * coming.
 */

static int nmade;
static bool late;

typedef struct Thread {
	thrd_start_t fn;
	void *arg;
} Thread;

static int comes_late(void *arg)
{
	Thread *t = arg;
	while (__atomic_load_n(&late, __ATOMIC_SEQ_CST))
		usleep(1000);
	return t->fn(t->arg);
}

int thrd_create(thrd_t *thread, thrd_start_t fn, void *arg)
{
	static Thread threads[2 * Rounds];
	int (*make)(thrd_t *, thrd_start_t, void *) =
		(int (*)(thrd_t *, thrd_start_t, void *))dlsym(RTLD_NEXT,
							       "thrd_create");
	int n = __atomic_fetch_add(&nmade, 1, __ATOMIC_SEQ_CST);
	if (!late || n == 0)
		return make(thread, fn, arg);
	threads[n] = (Thread){ fn, arg };
	return make(thread, comes_late, &threads[n]);
}

static void rings(void *arg)
{
	__atomic_store_n((int *)arg, 1, __ATOMIC_SEQ_CST);
}

static void *rung(void *arg)
{
	while (!__atomic_load_n((int *)arg, __ATOMIC_SEQ_CST))
		usleep(10);
	return NULL;
}

/* Each time the only other machine is called: none is left to watch. */
static void one_comes(void *arg)
{
	(void)arg;
	for (int i = 0; i < Rounds; i++) {
		int bell = 0;
		start(rings, &bell);
		seam_blocking(rung, &bell);
		join();
	}
	CHECK(__atomic_load_n(&nmade, __ATOMIC_SEQ_CST) <= 2);
	__atomic_store_n(&late, false, __ATOMIC_SEQ_CST);
}

/* By hand: what a thread does that loses its processor while it holds it. */
static void *holds(void *l)
{
	__atomic_store_n((uint32_t *)l, 1, __ATOMIC_SEQ_CST);
	usleep(300 * 1000); /* many times what it takes to be noticed */
	__atomic_store_n((uint32_t *)l, 0, __ATOMIC_SEQ_CST);
	return NULL;
}

static void sends(void *c)
{
	CHECK(seam_send(c, NULL, SEAM_FOREVER) == 0);
}

/* Machines that wait for a lock are not replaced, though others could run. */
static void none_comes(void *arg)
{
	pthread_t thread;
	(void)arg;
	seam_chan *c = seam_chan_make(0, 8);
	uint32_t *l = (uint32_t *)c; /* its first field */
	CHECK(pthread_create(&thread, NULL, holds, l) == 0);
	while (!__atomic_load_n(l, __ATOMIC_SEQ_CST))
		seam_sleep(SEAM_US);
	int before = nmade;
	for (int i = 0; i < 8; i++)
		start(sends, c);
	join();
	CHECK(__atomic_load_n(&nmade, __ATOMIC_SEQ_CST) == before);
}

static void test_outside(void **state)
{
	(void)state;
	setenv("SEAM_MAXPROCS", "2", 1); /* where ends_well() sets none */
	ends_well(outside);
	unsetenv("SEAM_MAXPROCS");
}

static void test_idle(void **state)
{
	(void)state;
	assert_int_equal(run_with("SEAM_MAXPROCS=1", idle).status, 0);
	assert_int_equal(run_with("SEAM_MAXPROCS=4", idle).status, 0);
}

static void test_one_comes(void **state)
{
	(void)state;
	late = true;
	assert_int_equal(run_with("SEAM_MAXPROCS=1", one_comes).status, 0);
}

static void test_none_comes(void **state)
{
	(void)state;
	late = false;
	assert_int_equal(run_with("SEAM_MAXPROCS=2", none_comes).status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_one_comes),
		cmocka_unit_test(test_none_comes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
