/* SPDX-License-Identifier: BSD-2-Clause */
/* Who can go on, and who cannot. */
#include "analyse/waits.h"
#include "objects.h"
#include "render/objects.h"

static struct snapshot *judge(const struct memory *m, struct snapshot *s)
{
	look_at(m, s);
	find_fates(s);
	find_deadlocks(s);
	return s;
}

static enum fate fate_of(const struct snapshot *s, int i)
{
	return s->objects.parties.items[i].fate;
}

/* Of those that run only goroutine 1 to N are left. */
static struct snapshot *make_few(size_t n)
{
	struct snapshot *s = make_snapshot();

	s->goroutines.n = n;
	return s;
}

/* 3 waits for 1, 1 and 2 for each other; 4 runs. */
static void finds_circles(void **state)
{
	struct memory m = { .g = { { 0 } } };
	struct snapshot *s = make_few(4);
	const struct deadlock *d;

	(void)state;
	wait_for(s, 0, "join", AT(g[1]));
	wait_for(s, 1, "join", AT(g[0]));
	wait_for(s, 2, "join", AT(g[0]));
	judge(&m, s);
	assert_int_equal(fate_of(s, 2), FATE_STUCK);
	assert_int_equal(fate_of(s, 3), FATE_GOES_ON);
	assert_int_equal(s->objects.deadlocks.n, 1);
	d = &s->objects.deadlocks.items[0];
	assert_true(d->certain);
	assert_int_equal(d->circle, 2);
	assert_int_equal(d->members.n, 3);
	assert_int_equal(s->objects.members.items[2], 2);
	snapshot_free(s);
}

/* 1 waits for a mutex that 2 has, which runs; or has ended; or for a free
 * one, or with a deadline, or with its wake-up under way. */
static void knows_who_ends_waits(void **state)
{
	struct memory m = { .shared = { .owner = AT(g[1]) },
			    .slots = AT(timer),
			    .timer = { { 500, AT(g[0]), 4 } } };
	struct snapshot *s = make_few(2);

	(void)state;
	wait_for(s, 0, "lock", AT(shared));
	assert_int_equal(fate_of(judge(&m, s), 0), FATE_OTHERS);
	snapshot_free(s);
	m.shared.owner = 0x7f10;
	s = make_few(2);
	wait_for(s, 0, "lock", AT(shared));
	assert_int_equal(fate_of(judge(&m, s), 0), FATE_STUCK);
	snapshot_free(s);
	m.used = m.room = 1;
	m.g[0].wait = 4;
	s = make_few(2);
	wait_for(s, 0, "lock", AT(shared));
	assert_int_equal(fate_of(judge(&m, s), 0), FATE_ITSELF);
	snapshot_free(s);
	m.used = 0;
	m.g[0].wait = 5;
	s = make_few(2);
	wait_for(s, 0, "lock", AT(shared));
	assert_int_equal(fate_of(judge(&m, s), 0), FATE_GOES_ON);
	snapshot_free(s);
	m.g[0].wait = 4;
	m.shared.owner = 0;
	s = make_few(2);
	wait_for(s, 0, "lock", AT(shared));
	assert_int_equal(fate_of(judge(&m, s), 0), FATE_ITSELF);
	snapshot_free(s);
}

/* Two wait for a channel. That a third, which runs, has not got its address is
 * a hint; where everybody waits nobody will come. Not so where the channel
 * cannot be read. */
static void everybody_asleep_is_certain(void **state)
{
	struct memory m = { .channel = { .capacity = 1 } };
	struct snapshot *s = make_few(3);

	(void)state;
	wait_for(s, 0, "send", AT(channel));
	wait_for(s, 1, "receive", AT(channel));
	assert_int_equal(fate_of(judge(&m, s), 0), FATE_FORGOTTEN);
	assert_false(s->objects.deadlocks.items[0].certain);
	s->objects.objects.items[0].elsewhere = 1;
	find_fates(s);
	assert_int_equal(fate_of(s, 0), FATE_OTHERS);
	snapshot_free(s);
	m.thread.waits = m.thread.forever = 1;
	s = make_few(2);
	wait_for(s, 0, "send", AT(channel));
	wait_for(s, 1, "receive", AT(channel));
	m.threads = AT(thread);
	m.thread.thread = 77;
	m.thread.reason = AT(words);
	m.thread.object = AT(channel);
	memcpy(m.words, "send", 5);
	judge(&m, s);
	assert_int_equal(fate_of(s, 0), FATE_STUCK);
	assert_int_equal(s->objects.deadlocks.n, 1);
	assert_int_equal(s->objects.deadlocks.items[0].members.n, 3);
	assert_int_equal(s->objects.deadlocks.items[0].circle, 0);
	snapshot_free(s);
	m.threads = 0; /* thread 77 is a stranger */
	s = make_few(1);
	wait_for(s, 0, "send", AT(channel));
	assert_int_equal(fate_of(judge(&m, s), 0), FATE_FORGOTTEN);
	snapshot_free(s);
	s = make_few(1);
	wait_for(s, 0, "send", 0x7f10);
	assert_int_equal(fate_of(judge(&m, s), 0), FATE_UNKNOWN);
	snapshot_free(s);
}

/* A select without cases. */
static void nothing_never_comes(void **state)
{
	struct memory m = { .g = { { 0 } } };
	struct snapshot *s = make_few(2);

	(void)state;
	wait_for(s, 0, "select", 0);
	judge(&m, s);
	assert_int_equal(fate_of(s, 0), FATE_STUCK);
	snapshot_free(s);
}

/* The number of times that WORDS are in what is told of S. */
static int times_told(const struct snapshot *s, const char *words)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int n = 0;

	assert_non_null(out);
	render_waits(out, s);
	fclose(out);
	for (const char *at = text; (at = strstr(at, words)); at++)
		n++;
	free(text);
	return n;
}

/* The summary breaks between its parts where a line would be too long. */
static void summary_fits_lines(void **state)
{
	struct snapshot *s = make_few(FATES);

	(void)state;
	for (int i = 0; i < FATES; i++)
		*ARRAY_PUSH(&s->objects.parties) =
			(struct party){ .fate = i, .reason = "" };
	assert_int_equal(
		times_told(s, "1 can never go on; 1 probably can never go on; "
			      "1 wait for others;\n"
			      "    1 wait for what is not known; "
			      "1 wait for a deadline or a descriptor;\n"
			      "    1 do not wait\n"),
		1);
	snapshot_free(s);
}

/* Of waiters in a queue only those of a party are told, or counted. */
static void waiters_of_nobody_are_left_out(void **state)
{
	struct memory m = { .shared = { .owner = AT(g[1]) } };
	struct snapshot *s = make_few(2);
	struct object *o;

	(void)state;
	wait_for(s, 0, "lock", AT(shared));
	judge(&m, s);
	o = &s->objects.objects.items[0];
	o->queues[0] = (struct span){ s->objects.waiters.n, 9 };
	for (int i = 0; i < 9; i++)
		*ARRAY_PUSH(&s->objects.waiters) =
			(struct waiter){ .party = i < 3 ? NONE : 0 };
	assert_int_equal(times_told(s, "    waits: goroutine 1"), 6);
	assert_int_equal(times_told(s, "... and"), 0);
	for (int i = 0; i < 3; i++)
		s->objects.waiters.items[o->queues[0].first + i].party = 0;
	assert_int_equal(times_told(s, "    waits: goroutine 1"), 8);
	assert_int_equal(times_told(s, "... and 1 more"), 1);
	snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_circles),
		cmocka_unit_test(knows_who_ends_waits),
		cmocka_unit_test(everybody_asleep_is_certain),
		cmocka_unit_test(nothing_never_comes),
		cmocka_unit_test(summary_fits_lines),
		cmocka_unit_test(waiters_of_nobody_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
