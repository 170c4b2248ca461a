/* SPDX-License-Identifier: BSD-2-Clause */
/* Which goroutines have what in common, for a model made by hand. */
#include <stdio.h>
#include <string.h>

#include "analyse/analyse.h"
#include "test.h"

/* `put` is at two pcs of one line, of which each has a location. */
static const struct location locations[] = {
	{ "put", "a.c", 7, false },
	{ "put", "a.c", 7, false },
	{ "put", "a.c", 8, false },
	{ "main", "a.c", 20, false },
};

/* Lines of three stacks: put < main twice, with a seam in the second, and
 * put < main from another line. */
static const struct line lines[] = {
	{ .location = 0 }, { .location = 3 },
	{ .location = 1 }, { .location = 3, .seam = true },
	{ .location = 2 }, { .location = 3 },
};

static const char Waiting[] = "waiting", Runnable[] = "runnable";
static const char Sleep[] = "sleep", Send[] = "chan send";
static const char Red[] = "red", Stopped[] = "its end is not there";

static const struct goroutine goroutines[] = {
	{ .id = 1,
	  .state = Runnable,
	  .reason = "",
	  .name = "",
	  .waited = -1,
	  .lines = { 4, 2 },
	  .where = 2,
	  .created_by = NONE },
	{ .id = 2,
	  .state = Waiting,
	  .reason = Sleep,
	  .name = Red,
	  .waited = 5,
	  .lines = { 0, 2 },
	  .where = 0,
	  .created_by = 3 },
	{ .id = 3,
	  .state = Waiting,
	  .reason = Send,
	  .name = Red,
	  .waited = 9,
	  .lines = { 2, 2 },
	  .where = 1,
	  .created_by = 3 },
	{ .id = 5,
	  .state = Waiting,
	  .reason = Sleep,
	  .name = "",
	  .waited = 2,
	  .lines = { 0, 2 },
	  .where = 0,
	  .created_by = 3,
	  .running = true,
	  .thread = 42 },
	{ .id = 6,
	  .state = Waiting,
	  .reason = Send,
	  .name = "",
	  .waited = -1,
	  .lines = { 0, 2 },
	  .where = 0,
	  .created_by = 3,
	  .stop = Stopped },
};

enum { Many = sizeof(goroutines) / sizeof(*goroutines) };

static struct snapshot *make(void)
{
	struct snapshot *s = snapshot_new();

	for (size_t i = 0; i < sizeof(locations) / sizeof(*locations); i++)
		*ARRAY_PUSH(&s->locations) = locations[i];
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		*ARRAY_PUSH(&s->lines) = lines[i];
	for (size_t i = 0; i < Many; i++)
		*ARRAY_PUSH(&s->goroutines) = goroutines[i];
	return s;
}

/* The groups as LABEL: ID ID; LABEL: ... */
static void write_groups(const struct snapshot *s, FILE *out)
{
	for (size_t i = 0; i < s->groups.n; i++) {
		const struct group *g = &s->groups.items[i];

		fprintf(out, "%s%s:", i ? "; " : "",
			g->label ? g->label : "stack");
		for (size_t k = 0; k < g->members.n; k++)
			fprintf(out, " %ld",
				s->goroutines
					.items[s->members.items[g->members.first
								+ k]]
					.id);
	}
}

static void expect(void (*group)(struct snapshot *), const char *want)
{
	struct snapshot *s = make();
	char got[256] = "";
	FILE *out = fmemopen(got, sizeof(got), "w");

	group(s);
	write_groups(s, out);
	fclose(out);
	assert_string_equal(got, want);
	snapshot_free(s);
}

/* Whose text is the same, seams apart; but not where it ends early. */
static void by_stack(void **state)
{
	(void)state;
	expect(group_by_stack, "stack: 2 3 5; stack: 1; stack: 6");
}

static void by_where_they_are(void **state)
{
	(void)state;
	expect(group_by_top, "put a.c:7: 2 3 5 6; put a.c:8: 1");
	expect(group_by_function, "put: 1 2 3 5 6");
	expect(group_by_creator, "main a.c:20: 2 3 5 6; -: 1");
}

static void by_what_they_are(void **state)
{
	(void)state;
	expect(group_by_state, "waiting: 2 3 5 6; runnable: 1");
	expect(group_by_reason, "sleep: 2 5; chan send: 3 6; -: 1");
	expect(group_by_name, "-: 1 5 6; red: 2 3");
	expect(group_by_thread, "-: 1 2 3 6; thread 42: 5");
}

static void nobody(void **state)
{
	struct snapshot *s = snapshot_new();

	(void)state;
	group_by_stack(s);
	assert_int_equal(s->groups.n, 0);
	snapshot_free(s);
}

static void expect_state(const struct group_state *state, const char *reason,
			 size_t n, int64_t least, int64_t longest)
{
	assert_string_equal(state->reason, reason);
	assert_int_equal(state->n, n);
	assert_int_equal(state->least, least);
	assert_int_equal(state->longest, longest);
}

static void what_a_group_does(void **state)
{
	struct snapshot *s = make();
	const struct group *g;

	(void)state;
	group_by_stack(s);
	g = &s->groups.items[0];
	assert_int_equal(g->states.n, 2);
	expect_state(&s->states.items[g->states.first], "sleep", 2, 2, 5);
	expect_state(&s->states.items[g->states.first + 1], "chan send", 1, 9,
		     9);
	g = &s->groups.items[1];
	assert_int_equal(g->states.n, 1);
	expect_state(&s->states.items[g->states.first], "", 1, -1, -1);
	snapshot_free(s);
}

/* Each has a reason of its own. */
static void counts_what_is_too_much_together(void **state)
{
	enum { Damaged = 100, Told = 32 };
	struct snapshot *s = snapshot_new();
	size_t n = 0;

	(void)state;
	for (int i = 0; i < Damaged; i++)
		*ARRAY_PUSH(&s->goroutines) = (struct goroutine){
			.id = i + 1,
			.state = Waiting,
			.reason = strings_format(&s->strings, "%d", i),
			.name = "",
			.waited = -1,
		};
	group_by_state(s);
	assert_int_equal(s->groups.n, 1);
	assert_int_equal(s->groups.items[0].states.n, Told + 1);
	assert_null(s->states.items[0].state);
	for (size_t i = 0; i < s->states.n; i++)
		n += s->states.items[i].n;
	assert_int_equal(n, Damaged);
	snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_stack),
		cmocka_unit_test(by_where_they_are),
		cmocka_unit_test(by_what_they_are),
		cmocka_unit_test(nobody),
		cmocka_unit_test(what_a_group_does),
		cmocka_unit_test(counts_what_is_too_much_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
