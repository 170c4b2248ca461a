/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cancels.c - one who is cancelled while it leaves its stack goes on when it
 * has left it: then it runs, and nobody takes it for waiting. It takes long to
 * leave here, for a spare segment is given back on the way. And one who need
 * not wait hears of it as well.
 */
#include "scenario.h"

#define NOINLINE  __attribute__((noinline))
#define UNCHECKED __attribute__((noinline, no_split_stack))

static int armed, leaving, asked;

UNCHECKED void *stackalloc(size_t n)
{
	return mal(n);
}

UNCHECKED void stackfree(void *p)
{
	if (__atomic_exchange_n(&armed, 0, __ATOMIC_SEQ_CST)) {
		__atomic_store_n(&leaving, 1, __ATOMIC_SEQ_CST);
		while (!__atomic_load_n(&asked, __ATOMIC_SEQ_CST))
			usleep(100);
		usleep(50 * 1000); /* for what must not happen meanwhile */
		__atomic_store_n(&leaving, 0, __ATOMIC_SEQ_CST);
	}
	mfree(p);
}

/* In a segment of its own, which stays as the spare one. */
static NOINLINE void grow(void)
{
	char room[100000];
	__asm__ volatile("" : : "r"(room) : "memory");
}

/* Have all goroutines listed, here and now: machines' threads block signals. */
static void list(void)
{
	sigset_t quit;
	sigemptyset(&quit);
	sigaddset(&quit, SIGQUIT);
	pthread_sigmask(SIG_UNBLOCK, &quit, NULL);
	raise(SIGQUIT);
}

/* Returns its errno. */
typedef int waiting(void *arg);

static void leaves(void *arg)
{
	waiting *wait = *(waiting **)arg;
	grow();
	__atomic_store_n(&armed, 1, __ATOMIC_SEQ_CST);
	CHECK(wait(seam_chan_make(0, 0)) == ECANCELED);
	CHECK(!__atomic_load_n(&leaving, __ATOMIC_SEQ_CST));
	list();
}

static int receives(void *c)
{
	return seam_recv(c, NULL, SEAM_FOREVER) < 0 ? errno : 0;
}

static int selects(void *c)
{
	seam_clause k = { SEAM_SEND, c, NULL };
	return seam_select(&k, 1, SEAM_FOREVER) < 0 ? errno : 0;
}

static int sleeps(void *arg)
{
	(void)arg;
	return seam_sleep(1000 * SEAM_S) < 0 ? errno : 0;
}

static int joins(void *arg)
{
	(void)arg;
	return seam_join(1, SEAM_FOREVER) < 0 ? errno : 0;
}

static waiting *ways[] = { receives, selects, sleeps, joins };

static void all(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		asked = 0;
		int64_t id = seam_go(leaves, &ways[i]);
		while (!__atomic_load_n(&leaving, __ATOMIC_SEQ_CST))
			seam_yield();
		__atomic_store_n(&asked, 1, __ATOMIC_SEQ_CST);
		CHECK(seam_cancel(id) == 0);
		CHECK(seam_join(id, SEAM_FOREVER) == 0);
	}
}

static void test_leaving(void **state)
{
	(void)state;
	signal(SIGQUIT, SIG_DFL); /* a shell may have it ignored */
	setenv("SEAM_TRACEBACK", "continue", 1);
	struct ending end = run_with("SEAM_MAXPROCS=2", all);
	unsetenv("SEAM_TRACEBACK");
	if (end.status)
		print_error("%s\n", end.said);
	assert_int_equal(end.status, 0);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		char line[64];
		snprintf(line, sizeof(line), "\ngoroutine %zu [running", i + 2);
		if (!strstr(end.said, line))
			fail_msg("no %s in %s", line, end.said);
	}
}

/* Each call that may wait, where it need not. */
static void hears(void *arg)
{
	int fds[2];
	char c = 0;
	(void)arg;
	CHECK(pipe(fds) == 0);
	CHECK(seam_write(fds[1], &c, 1, SEAM_FOREVER) == 1);
	CHECK(seam_cancel(seam_id()) == 0);
	FAILS(seam_read(fds[0], &c, 1, SEAM_FOREVER), ECANCELED);
	FAILS(seam_read(fds[0], &c, 0, SEAM_FOREVER), ECANCELED);
	FAILS(seam_write(fds[1], &c, 1, SEAM_FOREVER), ECANCELED);
	FAILS(seam_write(fds[1], &c, 0, SEAM_FOREVER), ECANCELED);
	FAILS(seam_wait_fd(fds[0], SEAM_IN, SEAM_FOREVER), ECANCELED);
	FAILS(seam_sleep(1), ECANCELED);
	CHECK(seam_sleep(0) == 0 && seam_sleep(-1) == 0);
	CHECK(seam_read(fds[0], &c, 0, 0) == 0);
	CHECK(seam_write(fds[1], &c, 0, 0) == 0);
	CHECK(seam_close(fds[0]) == 0 && seam_close(fds[1]) == 0);
}

static void test_hearing(void **state)
{
	(void)state;
	ends_well(hears);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaving),
		cmocka_unit_test(test_hearing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
