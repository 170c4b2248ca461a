/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold, and is found when it does not. */
#include "analyse/check.h"
#include "objects.h"

/* A world in which all is well: 1 and 2 wait to send, 3 for a mutex of 4, and
 * 5 and 6 until their deadlines. */
static struct memory make_memory(void)
{
	struct memory m = {
		.channel = { .count = 2, .capacity = 2, .taken = 1, .put = 1 },
		.shared = { .owner = AT(g[3]) },
		.slots = AT(timer),
		.used = 3, /* one is empty */
		.ntimers = 2,
		.room = 4,
		.next = 500,
		.timer = { { 600, AT(g[5]), 4 },
			   { 0, 0, 0 },
			   { 500, AT(g[4]), 4 } }
	};

	for (int i = 0; i < Goroutines; i++)
		m.g[i].wait = 4;
	link_queue(&m, &m.channel.senders, 0, 2, 0);
	link_queue(&m, &m.shared.queue, 2, 1, 2);
	return m;
}

static struct snapshot *examine(const struct memory *m)
{
	struct snapshot *s = make_snapshot();

	wait_for(s, 0, "send", AT(channel));
	wait_for(s, 1, "send", AT(channel));
	wait_for(s, 2, "lock", AT(shared));
	wait_for(s, 4, "sleep", 0);
	wait_for(s, 5, "sleep", 0);
	look_at(m, s);
	check(s);
	return s;
}

static void order_is_no_finding(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s = examine(&m);

	(void)state;
	assert_int_equal(s->notes.n, 0);
	assert_int_equal(s->objects.findings.n, 0);
	snapshot_free(s);
}

/* Of M there is one finding, which has WORDS. */
static void expect_finding(const struct memory *m, const char *words)
{
	struct snapshot *s = examine(m);

	assert_int_equal(s->objects.findings.n, 1);
	assert_non_null(strstr(s->objects.findings.items[0], words));
	snapshot_free(s);
}

static void queues_are_checked(void **state)
{
	struct memory m = make_memory();

	(void)state;
	m.w[1].prev = 0x7f10;
	expect_finding(&m, "says that 0x7f10 is before it");
	m = make_memory();
	m.channel.senders.last = 0x7f10;
	expect_finding(&m, "but says at 0x7f10");
	m = make_memory();
	m.w[1].wait = 2;
	expect_finding(&m, "is of a wait of goroutine 2 that is over");
	m = make_memory();
	m.shared.queue.first = m.shared.queue.last = 0;
	expect_finding(&m, "goroutine 3 waits for mutex");
}

static void threads_are_told_as_such(void **state)
{
	struct memory m = make_memory();

	(void)state;
	m.threads = AT(thread);
	m.thread.thread = 77;
	m.thread.waits = 1;
	m.thread.reason = AT(words);
	m.thread.object = AT(shared);
	strcpy(m.words, "lock");
	expect_finding(&m, "thread 77 waits for mutex");
}

static void channels_are_checked(void **state)
{
	struct memory m = make_memory();

	(void)state;
	m.channel.count = 3;
	expect_finding(&m, "3 elements, with room for 2");
	m = make_memory();
	m.channel.put = 0;
	expect_finding(&m, "do not end at 0");
	m = make_memory();
	m.channel.taken = 2;
	expect_finding(&m, "its next element is number 2");
	m = make_memory();
	m.channel.count = 1;
	m.channel.put = 0;
	expect_finding(&m, "somebody waits to send, beside room");
	m = make_memory();
	m.channel.closed = 1;
	expect_finding(&m, "though it is closed");
	m = make_memory();
	m.shared.owner = 0x7f10;
	expect_finding(&m, "its owner at 0x7f10 is no goroutine that lives");
}

static void locked_objects_are_let_alone(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s;

	(void)state;
	m.channel.closed = 1;
	m.channel.lock = 1;
	s = examine(&m);
	assert_int_equal(s->objects.findings.n, 0);
	snapshot_free(s);
}

static void deadlines_are_checked(void **state)
{
	struct memory m = make_memory();

	(void)state;
	m.timer[0].when = 400;
	expect_finding(&m, "the next deadline is 400, but is said to be 500");
	m = make_memory();
	m.ntimers = 3;
	expect_finding(&m, "2 deadlines were found, but there are said to be "
			   "3");
	m = make_memory();
	m.next = 1;
	expect_finding(&m, "the next deadline is 500, but is said to be 1");
}

/* With nobody at work, whoever is to run is in a queue. */
static void the_lost_are_found(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s = examine(&m);
	struct scheduler *all = &s->objects.scheduler;

	(void)state;
	all->said.machines = all->said.idlers = 1;
	check_scheduler(s);
	assert_int_equal(s->objects.findings.n, 2);
	assert_non_null(strstr(s->objects.findings.items[0],
			       "the list of idle machines has 0, but says 1"));
	assert_non_null(strstr(s->objects.findings.items[1],
			       "but in no queue, and no machine is at work"));
	snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_no_finding),
		cmocka_unit_test(queues_are_checked),
		cmocka_unit_test(threads_are_told_as_such),
		cmocka_unit_test(channels_are_checked),
		cmocka_unit_test(locked_objects_are_let_alone),
		cmocka_unit_test(deadlines_are_checked),
		cmocka_unit_test(the_lost_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
