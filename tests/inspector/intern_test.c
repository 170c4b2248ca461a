/* SPDX-License-Identifier: BSD-2-Clause */
/* Stacks that are the same, and those that are nearly. */
#include <stdlib.h>

#include "test.h"
#include "unwind/intern.h"

enum { Depth = 3 };

struct kept {
	struct snapshot *s;
	struct interned interned;
};

static int setup(void **state)
{
	struct kept *k = array_new(1, sizeof(*k));

	k->s = snapshot_new();
	*state = k;
	return 0;
}

static int teardown(void **state)
{
	struct kept *k = *state;

	snapshot_free(k->s);
	interned_free(&k->interned);
	free(k);
	return 0;
}

static struct span keep(struct kept *k, const struct frame *frames, size_t n)
{
	return intern(&k->interned, k->s, frames, n, intern_hash(frames, n));
}

/* A stack whose frame in the middle is FRAME. */
static struct span add(struct kept *k, struct frame frame)
{
	const struct frame frames[Depth] = { { .pc = { 0 } },
					     frame,
					     { .pc = { 2 } } };

	return keep(k, frames, Depth);
}

static void same_stacks_are_kept_once(void **state)
{
	struct kept *k = *state;
	const struct frame f = { .pc = { 7 } };
	struct span first = add(k, f);

	assert_int_equal(first.n, Depth);
	for (int i = 0; i < 3; i++) {
		struct span again = add(k, f);

		assert_int_equal(again.first, first.first);
		assert_int_equal(again.n, Depth);
	}
	assert_int_equal(k->s->frames.n, Depth);
}

static void others_are_kept_apart(void **state)
{
	struct kept *k = *state;
	const struct frame frames[] = {
		{ .pc = { 7 } },
		{ .pc = { 8 } },
		{ .pc = { 7 }, .segment = 1 },
		{ .pc = { 7 }, .omitted = 1 },
		{ .pc = { 7 }, .kind = FRAME_ACTIVATION },
		{ .pc = { 7 }, .source = SOURCE_FRAME_POINTER },
	};
	enum { N = sizeof(frames) / sizeof(*frames) };

	for (size_t i = 0; i < N; i++)
		assert_int_equal(add(k, frames[i]).first, i * Depth);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(add(k, frames[i]).first, i * Depth);
	assert_int_equal(k->s->frames.n, N * Depth);
}

static void the_beginning_of_a_stack_is_another(void **state)
{
	struct kept *k = *state;
	const struct frame frame = { .pc = { 0 } };
	size_t n;

	add(k, (struct frame){ .pc = { 1 } });
	n = k->s->frames.n;
	assert_int_equal(keep(k, &frame, 1).first, n);
	assert_int_equal(k->s->frames.n, n + 1);
	assert_int_equal(keep(k, NULL, 0).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(same_stacks_are_kept_once,
						setup, teardown),
		cmocka_unit_test_setup_teardown(others_are_kept_apart, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			the_beginning_of_a_stack_is_another, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
