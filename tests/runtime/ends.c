/* SPDX-License-Identifier: BSD-2-Clause */
/* ends.c - the ends that the runtime puts to a process, and its errors. */
#include "scenario.h"

#include <errno.h>
#include <signal.h>

#define NOINLINE __attribute__((noinline))

static int *volatile nowhere;

static NOINLINE int runaway(int n)
{
	volatile char room[300];
	room[0] = 1;
	return n < INT32_MAX ? runaway(n + 1) + room[0] : 0;
}

static void overflow(void *arg)
{
	(void)arg;
	seam_setname("digger");
	CHECK(seam_setmaxstack(1 << 20) == 0);
	runaway(0);
}

static void test_stack_overflow(void **state)
{
	(void)state;
	struct ending end = run_with("SEAM_MAXPROCS=2", overflow);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 2);
	assert_non_null(
		strstr(end.said, "goroutine 1 \"digger\": stack overflow"));
	assert_non_null(strstr(end.said, "#0  runaway\n#1  runaway\n"));
}

static NOINLINE int crash(int n)
{
	volatile char room[300];
	room[0] = 1;
	if (n > 0)
		return crash(n - 1) + room[0];
	*nowhere = 1;
	return 0;
}

static void segv(void *arg)
{
	(void)arg;
	crash(40);
}

static void test_segv(void **state)
{
	(void)state;
	struct ending end = run_with("SEAM_DEBUG=split", segv);
	assert_true(WIFSIGNALED(end.status));
	assert_int_equal(WTERMSIG(end.status), SIGSEGV);
	assert_non_null(strstr(end.said,
			       "goroutine 1 \"main\": SIGSEGV at address 0x0"));
	assert_non_null(strstr(end.said, "\n#0  crash\n    -- seam --\n"
					 "#1  crash\n    -- seam --\n"));
	assert_non_null(strstr(end.said, "#19 crash\n    ... and 22 more\n"));
}

static __attribute__((noinline, no_split_stack)) void unchecked(void *arg)
{
	(void)arg;
	crash(0);
}

static void calls_libc(void *arg)
{
	(void)arg;
	if (getppid() > 0)
		crash(0);
}

static void large_frame(void *arg)
{
	volatile char room[20000];
	(void)arg;
	room[0] = 0;
	crash(room[0]);
}

/* As clang has it without the attribute: it calls nothing. */
static __attribute__((noinline, no_split_stack)) void no_frame(void *arg)
{
	(void)arg;
	*nowhere = 1;
}

/* The first segment has less. */
static __attribute__((noinline, no_split_stack)) void overruns(void *arg)
{
	volatile char room[3000];
	(void)arg;
	room[2999] = 1; /* of its caller's side */
	*nowhere = room[2999];
}

static void bad_entry(void *arg)
{
	(void)arg;
	seam_go((void (*)(void *))0x1234, NULL);
	seam_sleep(SEAM_S);
}

/* Where it may be why; not for each that has no checks. */
static void test_unchecked(void **state)
{
	static void (*const fine[])(void *) = { segv, calls_libc, large_frame,
						no_frame, bad_entry };
	static const char hint[] = " has no stack checks: was it compiled with "
				   "-fsplit-stack?\n";
	(void)state;
	struct ending end = run_with("SEAM_MAXPROCS=2", unchecked);
	assert_int_equal(WTERMSIG(end.status), SIGSEGV);
	assert_non_null(strstr(end.said, hint));
	assert_non_null(strstr(end.said, "    unchecked has no "));
	end = run_with("SEAM_MAXPROCS=2", overruns);
	assert_int_equal(WTERMSIG(end.status), SIGSEGV);
	assert_non_null(strstr(end.said, "    overruns has no "));
	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++) {
		end = run_with("SEAM_MAXPROCS=2", fine[i]);
		assert_int_equal(WTERMSIG(end.status), SIGSEGV);
		if (strstr(end.said, hint))
			fail_msg("%zu: %s", i, end.said);
	}
}

/* Its caller's frame is not to be found: rbp is lost, and it faults. */
static NOINLINE void lose_frame(void)
{
	__asm__ volatile("xorl %%ebp, %%ebp\n\t"
			 "movl %%ebp, (%%rbp)"
			 :
			 :
			 : "memory");
}

static void lost(void *arg)
{
	char room[3000];
	(void)arg;
	memset(room, 1, sizeof(room));
	lose_frame();
	__asm__ volatile("" : : "r"(room) : "memory");
}

static void test_lost(void **state)
{
	(void)state;
	struct ending end = run_with("SEAM_DEBUG=split", lost);
	assert_true(WIFSIGNALED(end.status));
	assert_int_equal(WTERMSIG(end.status), SIGSEGV);
	assert_int_equal(strncmp(end.said, "seam: goroutine 1", 17), 0);
	assert_null(strstr(end.said + 1, "seam: "));
	assert_non_null(strstr(end.said, "\n#0  lose_frame\n"));
	assert_non_null(strstr(
		end.said, "    the trace stops here: the stack is damaged\n"));
}

static void crashes(void *arg)
{
	crash((int)(intptr_t)arg);
}

/* Several at once: one is told of, in a line. */
static void all_crash(void *arg)
{
	(void)arg;
	for (intptr_t i = 0; i < 8; i++)
		seam_go(crashes, (void *)(i * 10));
	seam_sleep(SEAM_S);
}

static void test_crashes(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		struct ending end = run_with("SEAM_MAXPROCS=8", all_crash);
		assert_true(WIFSIGNALED(end.status));
		assert_int_equal(strncmp(end.said, "seam: goroutine ", 16), 0);
		assert_null(strstr(end.said + 1, "seam: "));
	}
}

static void asleep(void *arg)
{
	seam_recv(arg ? arg : seam_chan_make(8, 0), NULL, SEAM_FOREVER);
}

static void all_asleep(void *arg)
{
	seam_chan *c = seam_chan_make(8, 1);
	(void)arg;
	seam_go(asleep, c);
	asleep(c);
}

static void test_deadlock(void **state)
{
	(void)state;
	struct ending end = run_with("SEAM_MAXPROCS=2", all_asleep);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 2);
	assert_non_null(
		strstr(end.said, "all goroutines are asleep: deadlock"));
	assert_non_null(
		strstr(end.said, "goroutine 1 \"main\" [waiting, chan"));
	assert_non_null(
		strstr(end.said, "goroutine 2 [waiting, chan receive 0x"));
	assert_non_null(strstr(end.said, "#0  seam_recv\n#1  asleep\n"));
	assert_non_null(strstr(end.said, "created by all_asleep"));

	end = run_with("SEAM_TRACEBACK=crash", all_asleep);
	assert_true(WIFSIGNALED(end.status));
	assert_int_equal(WTERMSIG(end.status), SIGABRT);
}

static void turns(void *arg)
{
	++*(uint64_t *)arg;
}

static void errors(void *arg)
{
	long v = 7;
	seam_chan *c = seam_chan_make(8, 1);
	(void)arg;
	FAILS(seam_run(errors, NULL), EALREADY);
	FAILS(seam_go(NULL, NULL), EINVAL);
	FAILS(seam_setname(NULL), EINVAL);
	FAILS(seam_setmaxstack(65535), EINVAL);
	FAILS(seam_send(NULL, &v, 0), EINVAL);
	FAILS(seam_recv(NULL, &v, 0), EINVAL);
	FAILS(seam_chan_close(NULL), EINVAL);
	CHECK(!seam_chan_make(1 << 20, 1 << 20) && errno == EINVAL);
	FAILS(seam_recv(c, &v, 0), ETIMEDOUT);
	uint64_t switches = 0;
	seam_go(turns, &switches);
	FAILS(seam_recv(c, &v, 1), ETIMEDOUT); /* long ago: does not wait */
	const char *machines = getenv("SEAM_MAXPROCS");
	CHECK(!machines || atoi(machines) > 1 || switches == 0);
	CHECK(seam_send(c, &v, 0) == 0 && seam_chan_len(c) == 1);
	FAILS(seam_send(c, &v, seam_now() + 2 * SEAM_MS), ETIMEDOUT);
	CHECK(seam_chan_close(c) == 0);
	FAILS(seam_chan_close(c), EPIPE);
	FAILS(seam_send(c, &v, SEAM_FOREVER), EPIPE);
	v = 0;
	CHECK(seam_recv(c, &v, SEAM_FOREVER) == 0 && v == 7);
	FAILS(seam_recv(c, &v, SEAM_FOREVER), EPIPE);
	CHECK(seam_chan_free(c) == 0);

	c = seam_chan_make(8, 0);
	seam_go(asleep, c);
	int64_t before = seam_now();
	CHECK(seam_sleep(3 * SEAM_MS) == 0
	      && seam_now() - before >= 3 * SEAM_MS);
	FAILS(seam_chan_free(c), EBUSY);
	CHECK(seam_id() == 1 && strcmp(seam_name(), "main") == 0);
}

static void test_errors(void **state)
{
	(void)state;
	long v;
	assert_int_equal(seam_id(), 0);
	assert_int_equal(seam_go(errors, NULL), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_recv(NULL, &v, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_run(NULL, NULL), -1);
	assert_int_equal(errno, EINVAL);
	ends_well(errors);
}

enum { Senders = 8, Messages = 20000 };
static seam_chan *numbers;

static void sender(void *arg)
{
	for (long i = 0; i < Messages; i++) {
		long v = (long)arg * Messages + i;
		while (seam_send(numbers, &v, seam_now() + 20 * SEAM_US) < 0)
			CHECK(errno == ETIMEDOUT);
	}
}

/* Deadlines race with receivers: each number still arrives once. */
static void race(void *arg)
{
	static char seen[Senders * Messages];
	(void)arg;
	numbers = seam_chan_make(sizeof(long), 0);
	for (long i = 0; i < Senders; i++)
		seam_go(sender, (void *)i);
	for (int i = 0; i < Senders * Messages;) {
		long v;
		if (seam_recv(numbers, &v, seam_now() + 5 * SEAM_US) < 0)
			continue;
		CHECK(!seen[v]);
		seen[v] = 1;
		i++;
	}
}

static void test_race(void **state)
{
	(void)state;
	ends_well(race);
}

/*
 * What grows waits for locks of the runtime and gives memory back, which the
 * kernel may refuse, as here: errno is the program's.
 */
enum { Growers = 8, Growths = 100000 };
static seam_waitgroup growing;
static int64_t refusals;

__attribute__((no_split_stack)) int madvise(void *p, size_t n, int advice)
{
	(void)p, (void)n, (void)advice;
	__atomic_fetch_add(&refusals, 1, __ATOMIC_RELAXED);
	errno = EINVAL;
	return -1;
}

static NOINLINE void set(int e)
{
	__asm__ volatile("");
	errno = e;
}

static NOINLINE int grow(int n)
{
	char room[20000];
	room[0] = 1;
	__asm__ volatile("" : : "r"(room) : "memory"); /* not a loop instead */
	return n > 0 ? grow(n - 1) + room[0] : 0;
}

static void grows(void *arg)
{
	(void)arg;
	for (int i = 0; i < Growths; i++) {
		set(EXDEV);
		grow(6);
		CHECK(errno == EXDEV);
		if (i % 64 == 0)
			seam_yield();
	}
	seam_wg_done(&growing);
}

static void growers(void *arg)
{
	(void)arg;
	seam_wg_add(&growing, Growers);
	for (int i = 0; i < Growers; i++)
		seam_go(grows, NULL);
	CHECK(seam_wg_wait(&growing, SEAM_FOREVER) == 0);
	CHECK(refusals > 0);
}

static void test_errno(void **state)
{
	(void)state;
	setenv("SEAM_MAXPROCS", "8", 1);
	struct ending end = run_with("SEAM_DEBUG=split", growers);
	unsetenv("SEAM_MAXPROCS");
	if (end.status)
		print_error("%s\n", end.said);
	assert_int_equal(end.status, 0);
}

static void waits_briefly(void *arg)
{
	seam_recv(arg, NULL, seam_now() + 5 * SEAM_MS);
}

/*
 * Deadlines go by between the end of a wait and the goroutine's next turn: a
 * sleep afterwards is no deadlock.
 */
static void late(void *arg)
{
	seam_chan *c = seam_chan_make(0, 0);
	(void)arg;
	for (int i = 0; i < 200; i++)
		seam_go(waits_briefly, c);
	seam_sleep(SEAM_MS);
	while (seam_send(c, NULL, 0) == 0)
		continue;
	for (int64_t end = seam_now() + 10 * SEAM_MS; seam_now() < end;)
		continue;
	seam_sleep(20 * SEAM_MS);
	seam_sleep(20 * SEAM_MS);
}

static void test_late(void **state)
{
	(void)state;
	ends_well(late);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stack_overflow),
		cmocka_unit_test(test_segv),
		cmocka_unit_test(test_unchecked),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_crashes),
		cmocka_unit_test(test_deadlock),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_errno),
		cmocka_unit_test(test_late),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
