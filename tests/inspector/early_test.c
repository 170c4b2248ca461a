/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is read of a target that runs: the made-up runtime's memory, which
 * changes between two readings. Goroutine 5 waits; its stack's first word tells
 * when it was copied.
 */
#include "test.h"

#include "madeup.h"
#include "util/scope.h"

enum { Readings = 3 };

/* The memory now, and what happens after each of the early readings. */
static struct memory now;
static void (*happens[Readings])(void);
static unsigned reading;

static uint64_t *first_word(void)
{
	return (uint64_t *)((uint8_t *)&now + (now.g[0].sp - Base));
}

static size_t living_read(struct target *t, addr_t at, void *buf, size_t size)
{
	uint64_t offset = at.v - Base;

	(void)t;
	if (offset >= sizeof(now))
		return 0;
	if (size > sizeof(now) - offset)
		size = sizeof(now) - offset;
	memcpy(buf, (uint8_t *)&now + offset, size);
	return size;
}

/* Bytes that stay as they are. */
static struct {
	ARRAY(void *);
} copies;

static void living_copy(struct target *t, struct range *ranges, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct range *r = &ranges[i];
		uint8_t *copy = array_new(r->size, 1);

		*ARRAY_PUSH(&copies) = copy;
		r->copy = (struct bytes){ copy, living_read(t, r->low, copy,
							    r->size) };
	}
}

static void next_reading(void)
{
	if (happens[reading])
		happens[reading]();
	reading++;
}

static void living_refresh(struct target *t)
{
	(void)t;
	next_reading();
}

static const char *living_absence(struct target *t, addr_t at)
{
	(void)t;
	(void)at;
	return "nowhere";
}

static unsigned drops;

static void living_drop(struct target *t)
{
	(void)t;
	drops++;
}

static void living_close(struct target *t)
{
	free(t);
}

static const struct target_ops living = {
	.read = living_read,
	.copy = living_copy,
	.drop = living_drop,
	.refresh = living_refresh,
	.absence = living_absence,
	.close = living_close,
};

static struct target *open_living(void)
{
	struct target *t = array_new(1, sizeof(*t));

	t->ops = &living;
	t->exe = NO_FILE;
	t->subject = "a living one";
	*ARRAY_PUSH(&t->mappings) = (struct mapping){
		.low = addr(Base),
		.end = addr(Base + sizeof(now)),
		.file = NO_FILE,
	};
	target_sort_mappings(t);
	return t;
}

/* Look early, then again. */
static struct target *target;

/* What takes the early ones' stacks; NULL: they are kept. */
static void (*take)(void *arg, struct snapshot *s, size_t first, size_t end);

static struct snapshot *look_twice(void)
{
	struct collection *c;
	struct snapshot *s;

	target = open_living();
	c = collection_new(target, &layout, &everybody, COLLECT_STACKS);
	if (take)
		collection_take(c, take, NULL);
	reading = 0;
	collect_early(c);
	next_reading();
	assert_int_equal(reading, Readings);
	assert_null(collect(c));
	s = collect_finish(c);
	collection_free(c);
	return s;
}

static void done(struct snapshot *s)
{
	snapshot_free(s);
	target_close(target);
	for (size_t i = 0; i < copies.n; i++)
		free(copies.items[i]);
	free(copies.items);
	memset(&copies, 0, sizeof(copies));
	memset(happens, 0, sizeof(happens));
	take = NULL;
	drops = 0;
}

static void begin(void)
{
	now = make_memory();
	now.g[0].wait = 2;
	*first_word() = 1;
}

/* The word that was copied of goroutine 5's stack, which is whole. */
static uint64_t word_of_5(const struct snapshot *s)
{
	const struct goroutine *g = &s->goroutines.items[1];
	const struct segment *segment = s->segments.items + g->segments.first;
	uint64_t word;

	assert_int_equal(s->notes.n, 0);
	assert_int_equal(s->goroutines.n, 2);
	assert_int_equal(g->id, 5);
	assert_int_equal(g->segments.n, 2);
	assert_true(segment->nbytes >= sizeof(word));
	memcpy(&word, segment->bytes, sizeof(word));
	return word;
}

/* What take_word() found of it, and left in its frames. */
enum { Taken = 77 };
static uint64_t taken;

static void take_word(void *arg, struct snapshot *s, size_t first, size_t end)
{
	(void)arg;
	assert_int_equal(drops, 0);
	for (size_t i = first; i < end; i++) {
		struct goroutine *g = &s->goroutines.items[i];
		const struct segment *newest =
			s->segments.items + g->segments.first;

		g->frames = (struct span){ Taken, 1 };
		g->unwound = true;
		if (g->id == 5)
			memcpy(&taken, newest->bytes, sizeof(taken));
	}
}

/* Things that happen. */

static void stack_changes(void)
{
	++*first_word();
}

static void runs(void)
{
	now.g[0].state = 4;
	now.g[0].machine = AT(machine);
	stack_changes();
}

static void waits_again(void)
{
	stack_changes();
	now.g[0].wait += 2;
	now.g[0].state = 2;
}

static void is_woken(void)
{
	now.g[0].state = 1;
	stack_changes();
}

static void becomes_runnable_at_another_place(void)
{
	now.g[0].state = 1;
	now.g[0].sp -= 16;
	*first_word() = 7;
}

static void maps_other_code(void)
{
	target->remapped = true;
	stack_changes();
}

static void dies(void)
{
	now.g[0].state = 3;
}

/* Of another number and on other segments; in front of the list. */
static void another_begins(void)
{
	make_segment(&now, 4, -1);
	now.g[1] = make_goroutine(10, 2, 4);
	now.g[1].next = AT(g[0]);
	now.g[0].next = AT(g[2]);
	now.all = AT(g[1]);
}

/* What it left belongs to another one now. */
static void its_stack_is_another_ones(void)
{
	dies();
	now.g[1] = make_goroutine(9, 1, 1);
	now.g[1].next = AT(g[2]);
}

static void list_becomes_a_circle(void)
{
	now.g[2].next = AT(g[0]);
}

/* 5 and another, 9, which was behind it. */
static void two_are_in_a_circle(void)
{
	now.all = AT(g[1]);
	now.g[1].next = AT(g[0]);
	now.g[0].next = AT(g[1]);
}

/* The tests. No goroutine changes its stack while it waits; the first test lets
 * one, to see which copy is there. */

static void what_waits_is_copied_early(void **state)
{
	struct snapshot *s;

	(void)state;
	begin();
	happens[2] = stack_changes;
	s = look_twice();
	assert_int_equal(word_of_5(s), 1);
	assert_int_equal(s->goroutines.items[1].waited, 400);
	done(s);
}

static void what_is_taken_early_is_not_kept(void **state)
{
	const struct goroutine *g;
	struct snapshot *s;

	(void)state;
	begin();
	take = take_word;
	s = look_twice();
	g = &s->goroutines.items[1];
	assert_int_equal(taken, 1);
	assert_int_equal(drops, 1);
	assert_true(g->unwound);
	assert_int_equal(g->frames.first, Taken);
	assert_int_equal(g->segments.n, 2);
	assert_int_equal(s->segments.items[g->segments.first].nbytes, 0);
	done(s);
}

static void what_was_taken_and_has_run_is_copied_again(void **state)
{
	static void (*const events[])(void) = { waits_again, maps_other_code };

	(void)state;
	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++) {
		struct snapshot *s;

		begin();
		take = take_word;
		happens[2] = events[i];
		s = look_twice();
		assert_int_equal(taken, 1);
		assert_int_equal(word_of_5(s), 2);
		assert_false(s->goroutines.items[1].unwound);
		assert_int_equal(s->goroutines.items[1].frames.n, 0);
		done(s);
	}
}

static void what_has_waited_again_is_copied_again(void **state)
{
	struct snapshot *s;

	(void)state;
	begin();
	happens[2] = waits_again;
	s = look_twice();
	assert_int_equal(word_of_5(s), 2);
	done(s);
}

/* The first reading finds the number of a wait that has not begun: it has
 * when the stack is copied, or has not. */
static void what_ran_at_a_reading_is_copied_again(void **state)
{
	struct snapshot *s;

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		begin();
		happens[i] = runs;
		happens[2] = waits_again;
		s = look_twice();
		assert_int_equal(word_of_5(s), 3);
		done(s);
	}
	begin();
	happens[0] = runs;
	happens[1] = waits_again;
	happens[2] = stack_changes;
	s = look_twice();
	assert_int_equal(word_of_5(s), 4);
	done(s);
}

/* Its state was read before the number that it had by then: the wait with that
 * number begins only after the copy. */
static void wait_begins(void)
{
	now.g[0].state = 2;
	stack_changes();
}

static void a_number_is_there_before_its_wait(void **state)
{
	struct snapshot *s;

	(void)state;
	begin();
	happens[0] = runs;
	happens[2] = wait_begins;
	s = look_twice();
	assert_int_equal(word_of_5(s), 3);
	done(s);
}

static void what_does_not_wait_is_copied_again(void **state)
{
	struct snapshot *s;

	(void)state;
	begin();
	happens[2] = is_woken;
	s = look_twice();
	assert_int_equal(word_of_5(s), 2);
	done(s);
	begin();
	happens[2] = becomes_runnable_at_another_place;
	s = look_twice();
	assert_int_equal(word_of_5(s), 7);
	assert_string_equal(s->goroutines.items[1].state, "runnable");
	done(s);
}

static void who_comes_and_goes_is_seen(void **state)
{
	struct snapshot *s;

	(void)state;
	begin();
	happens[2] = dies;
	s = look_twice();
	assert_int_equal(s->goroutines.n, 1);
	assert_int_equal(s->goroutines.items[0].id, 2);
	done(s);
	begin();
	happens[2] = another_begins;
	s = look_twice();
	assert_int_equal(s->notes.n, 0);
	assert_int_equal(s->goroutines.n, 3);
	assert_int_equal(s->goroutines.items[2].id, 10);
	assert_int_equal(s->goroutines.items[2].segments.n, 1);
	done(s);
	begin();
	happens[2] = its_stack_is_another_ones;
	s = look_twice();
	assert_int_equal(s->notes.n, 0);
	assert_int_equal(s->goroutines.n, 2);
	assert_int_equal(s->goroutines.items[1].id, 9);
	assert_int_equal(s->goroutines.items[1].segments.n, 2);
	done(s);
}

/* Damage that was there early and is not any more is not told, and the other
 * way round. */
static void damage_is_that_of_the_stop(void **state)
{
	struct snapshot *s;

	(void)state;
	begin();
	now.g[0].low += 16;
	happens[2] = begin;
	s = look_twice();
	assert_int_equal(word_of_5(s), 1);
	done(s);
	begin();
	happens[2] = list_becomes_a_circle;
	s = look_twice();
	assert_int_equal(s->goroutines.n, 2);
	assert_int_equal(s->goroutines.items[1].segments.n, 2);
	assert_int_equal(s->notes.n, 1);
	done(s);
	begin();
	make_segment(&now, 4, -1);
	now.g[1] = make_goroutine(9, 2, 4);
	now.g[1].next = AT(g[2]);
	happens[2] = two_are_in_a_circle;
	s = look_twice();
	assert_int_equal(s->goroutines.n, 2);
	assert_int_equal(s->goroutines.items[0].id, 5);
	assert_int_equal(s->goroutines.items[1].id, 9);
	done(s);
}

static void what_is_wrong_early_is_told(void **state)
{
	struct snapshot *s;

	(void)state;
	begin();
	now.g[0].reason = 0x7f10;
	s = look_twice();
	assert_int_equal(s->notes.n, 1);
	done(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_waits_is_copied_early),
		cmocka_unit_test(what_is_taken_early_is_not_kept),
		cmocka_unit_test(what_was_taken_and_has_run_is_copied_again),
		cmocka_unit_test(what_has_waited_again_is_copied_again),
		cmocka_unit_test(what_ran_at_a_reading_is_copied_again),
		cmocka_unit_test(a_number_is_there_before_its_wait),
		cmocka_unit_test(what_does_not_wait_is_copied_again),
		cmocka_unit_test(who_comes_and_goes_is_seen),
		cmocka_unit_test(damage_is_that_of_the_stop),
		cmocka_unit_test(what_is_wrong_early_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
