/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which frames of a stack are told, and where a goroutine is. A stack is
 * written as a word, innermost frame first:
 *
 *	u	the user's, U the same where no segment is known
 *	l	of a library that the runtime calls
 *	o	the runtime's own, O the same on another stack
 *	s	its code that switches stacks
 *	h	what a signal handler returns to
 *	!	not a frame, at the end: there the trace stopped early
 */
#include <stdlib.h>
#include <string.h>

#include "analyse/analyse.h"
#include "test.h"

static struct frame make_frame(char kind, uint32_t number)
{
	return (struct frame){
		.segment = strchr("OhU", kind) ? NONE : 0,
		.place = number,
		.own = strchr("oOs", kind) != NULL,
		.in_library = kind == 'l',
		.signal = kind == 'h',
		.seam = kind == 's',
	};
}

/* A snapshot with one goroutine, whose frames are STACK; its function is at
 * the address 1. */
static struct snapshot *make(const char *stack, struct map *index)
{
	struct snapshot *s = snapshot_new();
	uint32_t n = strcspn(stack, "!");

	for (uint32_t i = 0; i <= n; i++) {
		*ARRAY_PUSH(&s->places) = (struct place){ i, 1 };
		*ARRAY_PUSH(&s->locations) = (struct location){ 0 };
	}
	for (uint32_t i = 0; i < n; i++)
		*ARRAY_PUSH(&s->frames) = make_frame(stack[i], i);
	*ARRAY_PUSH(&s->origins) = (struct origin){ .entry = { 1 } };
	*ARRAY_PUSH(&s->goroutines) = (struct goroutine){
		.frames = { 0, n },
		.stop = stack[n] ? "it is damaged" : NULL,
	};
	map_put(index, 1, n);
	return s;
}

/* Of STACK the frames TOLD are told, as digits; its function's entry is `e`.
 * The goroutine is at number WHERE. */
static void expect(const char *stack, const char *told, uint32_t where)
{
	struct symbols symbols = { .program = NULL };
	struct snapshot *s = make(stack, &symbols.index);
	char got[16] = "";

	symbols.snapshot = s;
	fold_stacks(&symbols);
	locate_goroutines(&symbols);
	for (size_t i = 0; i < s->lines.n; i++)
		got[i] = s->lines.items[i].entry
				 ? 'e'
				 : '0' + (char)s->lines.items[i].location;
	assert_string_equal(got, told);
	assert_int_equal(s->goroutines.items[0].where, where);
	snapshot_free(s);
	symbols_scope(&symbols);
}

/* A chain that is broken at its newest segment. */
static void tells_it_without_segments(void **state)
{
	(void)state;
	expect("OOUU", "123", 2);
}

static void tells_what_the_user_called(void **state)
{
	(void)state;
	expect("uuuo", "012", 0);
	expect("soouuo", "234", 3);
	expect("luuo", "012", 1);
	expect("OOsuuo", "34", 3);
}

/* As where the runtime ends the process, or writes while it unwinds. */
static void leaves_out_what_the_runtime_called(void **state)
{
	(void)state;
	expect("lOOsuuo", "45", 4);
	expect("llOlOsuuo", "67", 6);
	expect("loouo", "23", 3);
}

static void tells_of_signals(void **state)
{
	(void)state;
	expect("lluhuuo", "012345", 2);
	expect("llhuuo", "01234", 3);
	expect("lOhuuo", "234", 3);
	expect("hulo", "012", 1);
	expect("Oh!", "1", NONE);
}

/* A stackalloc of the user's, and what it called; a callback. */
static void keeps_what_the_runtime_called_of_the_user(void **state)
{
	(void)state;
	expect("uOsuo", "03", 0);
	expect("luOsuo", "014", 1);
	expect("ulluo", "0123", 0);
	expect("lOsluo", "34", 3);
}

static void takes_a_library_for_the_goroutines_function(void **state)
{
	(void)state;
	expect("llo", "01", 0);
	expect("so", "e", 2);
}

/* Nobody knows whether it has entered its function. */
static void is_nowhere_if_no_frame_is_the_users(void **state)
{
	(void)state;
	expect("so!", "01", NONE);
	expect("!", "", NONE);
	expect("ll!", "01", NONE);
	expect("lou!", "12", 2);
}

/* But what they have of their own, their functions, they do not. */
static void same_stacks_share_their_lines(void **state)
{
	struct symbols symbols = { .program = NULL };
	struct snapshot *s = make("suo", &symbols.index);
	struct goroutine g = s->goroutines.items[0];

	(void)state;
	symbols.snapshot = s;
	map_put(&symbols.index, 2, 1);
	*ARRAY_PUSH(&s->goroutines) = g;
	*ARRAY_PUSH(&s->frames) = make_frame('s', 0);
	g.frames = (struct span){ 3, 1 };
	*ARRAY_PUSH(&s->goroutines) = g;
	*ARRAY_PUSH(&s->origins) = (struct origin){ .entry = { 2 } };
	g.origin = 1;
	*ARRAY_PUSH(&s->goroutines) = g;
	fold_stacks(&symbols);
	assert_int_equal(s->lines.n, 1 + 1 + 1);
	assert_int_equal(s->goroutines.items[1].lines.first, 0);
	assert_int_equal(s->goroutines.items[1].lines.n, 1);
	assert_int_equal(s->lines.items[1].location, 3);
	assert_int_equal(s->lines.items[2].location, 1);
	s->lines.n = 0;
	list_frames(s);
	assert_int_equal(s->lines.n, 3 + 1);
	snapshot_free(s);
	symbols_scope(&symbols);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_the_user_called),
		cmocka_unit_test(leaves_out_what_the_runtime_called),
		cmocka_unit_test(tells_of_signals),
		cmocka_unit_test(keeps_what_the_runtime_called_of_the_user),
		cmocka_unit_test(takes_a_library_for_the_goroutines_function),
		cmocka_unit_test(is_nowhere_if_no_frame_is_the_users),
		cmocka_unit_test(same_stacks_share_their_lines),
		cmocka_unit_test(tells_it_without_segments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
