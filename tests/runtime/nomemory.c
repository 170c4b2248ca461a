/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nomemory.c - every allocation of the runtime finds no memory, one after the
 * other, and then also all that follow it: the call that wanted it reports it,
 * or the process ends with words; what was done before and after is whole.
 */
#include "scenario.h"

#include <stdbool.h>

#define NOINLINE __attribute__((noinline))

enum { NoRun = 3 }; /* exit status: seam_run() has failed */

/* Whether CALL went well; if not it said ENOMEM, which is told. */
#define DONE(call) done((call) >= 0, #call)
static bool done(bool well, const char *call)
{
	if (well)
		return true;
	CHECK(errno == ENOMEM);
	fprintf(stderr, "reported by %s\n", call);
	return false;
}

static NOINLINE int64_t deep(int n)
{
	volatile char room[1000];
	room[0] = 1;
	return n ? deep(n - 1) + room[0] : 0;
}

static NOINLINE int64_t array(int n)
{
	volatile char room[n];
	room[0] = room[n - 1] = 1;
	return deep(3) + room[0] + room[n - 1];
}

/* More are runnable at once than an M's queue has room for at first. */
enum { Many = 300 };
static int64_t counted;

static void counts(void *arg)
{
	__atomic_add_fetch(&counted, (int64_t)arg, __ATOMIC_RELAXED);
}

static void start_many(void *arg)
{
	int64_t ids[Many], sum = 0;
	(void)arg;
	counted = 0;
	for (int64_t i = 0; i < Many; i++) {
		ids[i] = DONE(seam_go(counts, (void *)i)) ? i + 1 : 0;
		sum += ids[i] ? i : 0;
	}
	while (__atomic_load_n(&counted, __ATOMIC_RELAXED) != sum)
		seam_sleep(SEAM_MS);
}

/* More deadlines than there is room for at first. */
enum { Sleepers = 70 };
static seam_waitgroup sleeping;

static void sleeps(void *arg)
{
	CHECK(seam_sleep(SEAM_MS) == 0);
	CHECK(deep((int)(intptr_t)arg % 3) == (intptr_t)arg % 3);
	seam_wg_done(&sleeping);
}

static void start_sleepers(void)
{
	for (intptr_t i = 0; i < Sleepers; i++) {
		seam_wg_add(&sleeping, 1);
		if (!DONE(seam_go(sleeps, (void *)i)))
			seam_wg_done(&sleeping);
	}
	CHECK(seam_wg_wait(&sleeping, SEAM_FOREVER) == 0);
}

static void fill(seam_chan *c, int n)
{
	for (int i = 0; i < n; i++)
		CHECK(seam_send(c, &i, 0) == 0);
	for (int i = 0, v; i < n; i++)
		CHECK(seam_recv(c, &v, 0) == 0 && v == i);
}

/* Of a block's size, and of a mapping's. */
static void use_channels(void)
{
	for (int n = 1; n < 1000000; n *= 30) {
		seam_chan *c = seam_chan_make(sizeof(int), (size_t)n);
		if (!DONE(c ? 0 : -1))
			continue;
		fill(c, n);
		CHECK(seam_chan_free(c) == 0);
	}
}

static void use_select(void)
{
	seam_clause clauses[6] = { { 0 } };
	for (int i = 0; i < 6; i++)
		clauses[i].op = SEAM_RECV;
	if (seam_select(clauses, 6, 0) < 0 && errno != ETIMEDOUT)
		DONE(-1);
}

static void use_locals(void)
{
	int key = seam_key_make(NULL);
	CHECK(key >= 0);
	if (DONE(seam_setlocal(key, &key)))
		CHECK(seam_getlocal(key) == &key);
}

static void writes(void *arg)
{
	CHECK(write(*(int *)arg, "w", 1) == 1);
}

static void use_files(void)
{
	int fds[2];
	char c = 0;
	CHECK(pipe(fds) == 0);
	if (DONE(seam_go(writes, &fds[1]))
	    && DONE(seam_read(fds[0], &c, 1, SEAM_FOREVER)))
		CHECK(c == 'w');
	seam_yield();
	close(fds[0]);
	close(fds[1]);
}

static void everything(void *arg)
{
	start_many(arg);
	CHECK(deep(200) == 200);
	CHECK(array(300000) == 5);
	start_sleepers();
	use_channels();
	use_select();
	use_locals();
	use_files();
	start_many(arg);
}

static void program(void)
{
	if (seam_run(everything, NULL) == 0)
		return;
	CHECK(errno == ENOMEM || errno == EAGAIN);
	fprintf(stderr, "reported by seam_run: %s\n",
		errno == EAGAIN ? "EAGAIN" : "ENOMEM");
	_exit(NoRun);
}

static bool said(const struct ending *end, const char *words)
{
	return strstr(end->said, words);
}

/* The process did not lose its way. */
static bool isright(const struct ending *end)
{
	if (!WIFEXITED(end->status))
		return false;
	switch (WEXITSTATUS(end->status)) {
	case 0:
		return true;
	case NoRun:
		return said(end, "is refused");
	case 2:
		return said(end, "is refused") && said(end, "seam: fatal: ")
		       && said(end, "out of memory");
	default:
		return false;
	}
}

/* What must be heard of sometime, as one allocation after the other fails. */
static const char *const heard[] = {
	"reported by seam_run: ENOMEM",
	"reported by seam_run: EAGAIN", /* a thread */
	"reported by seam_go(counts",
	"reported by seam_go(sleeps",
	"reported by c ? 0 : -1",
	"reported by -1",
	"reported by seam_setlocal",
	"reported by seam_read",
	"newstack: out of memory\ngoroutine ",
	"alloca: out of memory\ngoroutine 1 \"main\":\n",
	"park: out of memory for a timer",
};
enum { NHeard = sizeof(heard) / sizeof(*heard) };
static bool seen[NHeard];

/* As time has it, one run may allocate a few times less than another. */
enum { Enough = 20 };

static void as_program(void (*fn)(void *))
{
	(void)fn;
	program();
}

static void refuse_each(const char *more, int step)
{
	int unrefused = 0;
	for (int i = 1; unrefused < Enough; i += step) {
		char setting[64];
		snprintf(setting, sizeof(setting), "SEAM_DEBUG=refuse=%d%s", i,
			 more);
		struct ending end = run_as(as_program, setting, NULL);
		if (!isright(&end)) {
			print_error("%s: status %#x: %s\n", setting, end.status,
				    end.said);
			fail();
		}
		for (int j = 0; j < NHeard; j++)
			seen[j] |= said(&end, heard[j]);
		unrefused = said(&end, "is refused") ? 0 : unrefused + 1;
	}
}

static void test_one(void **state)
{
	(void)state;
	setenv("SEAM_MAXPROCS", "1", 1);
	refuse_each("", 1);
}

static void test_one_and_all_that_follow(void **state)
{
	(void)state;
	setenv("SEAM_MAXPROCS", "1", 1);
	refuse_each(",starve", 5);
}

static void test_one_of_several_threads(void **state)
{
	(void)state;
	setenv("SEAM_MAXPROCS", "4", 1);
	refuse_each("", 7);
}

static bool allseen(void)
{
	for (int j = 0; j < NHeard; j++)
		if (!seen[j])
			return false;
	return true;
}

/* A run allocates as time has it: one may be left out by all the numbers. */
static void test_each_was_heard_of(void **state)
{
	(void)state;
	for (int tries = 0; tries < 3 && !allseen(); tries++)
		test_one(state);
	for (int j = 0; j < NHeard; j++)
		if (!seen[j])
			fail_msg("never heard: %s", heard[j]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_one_and_all_that_follow),
		cmocka_unit_test(test_one_of_several_threads),
		cmocka_unit_test(test_each_was_heard_of),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
