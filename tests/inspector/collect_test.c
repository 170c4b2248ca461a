/* SPDX-License-Identifier: BSD-2-Clause */
/* From memory to the model, over a made-up runtime. */
#include <string.h>

#include "madeup.h"
#include "test.h"

/* The target of the test, and what is found in it. */
static struct target *target;
static enum collect_extent extent = COLLECT_STACKS;
static uint64_t thread_sp; /* of its thread 99; 0: it has none */

static struct snapshot *look(const struct memory *m, const struct ids *ids)
{
	struct collection *c;
	struct snapshot *s;

	target = open_memory(m);
	if (thread_sp) {
		struct regs regs = { 0 };

		regs_set(&regs, DwRsp, thread_sp);
		target_arrays_thread(target, 99, &regs);
	}
	c = collection_new(target, &layout, ids, extent);
	assert_null(collect(c));
	s = collect_finish(c);
	collection_free(c);
	return s;
}

static void done(struct snapshot *s)
{
	snapshot_free(s);
	target_close(target);
}

static void finds_goroutines_by_id(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s = look(&m, &everybody);
	const struct goroutine *g = s->goroutines.items;

	(void)state;
	assert_int_equal(s->notes.n, 0);
	assert_int_equal(s->goroutines.n, 2);
	assert_int_equal(g[0].id, 2);
	assert_string_equal(g[0].state, "running");
	assert_int_equal(g[0].thread, 77);
	assert_int_equal(g[1].id, 5);
	assert_string_equal(g[1].reason, "a friend");
	assert_string_equal(g[1].name, "number 5");
	/* 800 ticks at half a nanosecond. */
	assert_int_equal(g[1].waited, 400);
	assert_int_equal(g[0].waited, -1);
	assert_true(s->since_noted);
	done(s);
	m.g[0].since = 0;
	s = look(&m, &everybody);
	assert_false(s->since_noted);
	done(s);
}

static void finds_segments_newest_first(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s = look(&m, &everybody);
	struct span own = s->goroutines.items[1].segments;
	const struct segment *g = s->segments.items + own.first;

	(void)state;
	assert_int_equal(own.n, 2);
	assert_int_equal(goroutine_kept(s, &s->goroutines.items[1]), 0);
	assert_int_equal(g[0].low.v, AT(stack[1]));
	assert_int_equal(g[0].end.v, AT(stack[2]));
	assert_int_equal(g[0].sp.v, top_of(1) - 80);
	assert_int_equal(g[0].grown_by, NONE);
	assert_int_equal(segment_copied(&g[0]).v, g[0].sp.v);
	assert_int_equal(g[0].nbytes, 80 + sizeof(struct seg));
	assert_int_equal(g[1].low.v, AT(stack[0]));
	assert_int_equal(g[1].sp.v, top_of(0) - 40);
	assert_int_equal(g[1].grown_by, NOBODY);
	done(s);
}

/* Of a long chain a list needs the newest segments' frames, and that the
 * others are there. */
static void copies_tops_alone(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s;
	const struct segment *g;

	(void)state;
	make_segment(&m, 3, -1);
	for (int i = 4; i < Stacks; i++)
		make_segment(&m, i, i - 1);
	m.g[0] = make_goroutine(5, 2, Stacks - 1);
	extent = COLLECT_TOPS;
	s = look(&m, &everybody);
	extent = COLLECT_STACKS;
	g = s->segments.items + s->goroutines.items[0].segments.first;
	assert_int_equal(s->notes.n, 0);
	assert_int_equal(s->goroutines.items[0].segments.n, Stacks - 3);
	assert_int_equal(g[15].nbytes, 40 + sizeof(struct seg));
	assert_int_equal(g[16].nbytes, sizeof(struct seg));
	assert_int_equal(g[16].sp.v, top_of(3) - 40);
	done(s);
}

/* The machine's thread is 77, and no thread has that number. */
static void finds_a_thread_by_its_stack(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s;

	(void)state;
	m.machine.current = AT(g[2]);
	thread_sp = m.g[2].sp;
	s = look(&m, &everybody);
	assert_int_equal(s->goroutines.items[0].thread, 99);
	assert_int_equal(s->machines.items[0].thread, 99);
	assert_false(s->goroutines.items[0].doubtful);
	done(s);
	thread_sp = 8;
	s = look(&m, &everybody);
	thread_sp = 0;
	assert_int_equal(s->goroutines.items[0].thread, 77);
	assert_true(s->goroutines.items[0].doubtful);
	assert_false(s->goroutines.items[1].doubtful);
	done(s);
}

static void narrows_to_ids(void **state)
{
	struct memory m = make_memory();
	struct ids ids = { 0 };
	struct snapshot *s;

	(void)state;
	assert_null(ids_parse(&ids, "5"));
	s = look(&m, &ids);
	assert_int_equal(s->goroutines.n, 1);
	assert_int_equal(s->goroutines.items[0].id, 5);
	ids_free(&ids);
	done(s);
}

/* Look at M and expect N goroutines and a note that ends in WORDS. */
static void expect_note(const struct memory *m, size_t n, const char *words)
{
	struct snapshot *s = look(m, &everybody);
	bool told = false;

	assert_int_equal(s->goroutines.n, n);
	for (size_t i = 0; i < s->notes.n; i++)
		told |= strstr(s->notes.items[i].text, words) != NULL;
	assert_true(told);
	done(s);
}

static void circles_end(void **state)
{
	struct memory m = make_memory();

	(void)state;
	m.g[2].next = AT(g[0]);
	expect_note(&m, 2, "was met before; the list ends here");
	m.g[2].next = AT(g[2]);
	expect_note(&m, 2, "goroutine 4 of the list: ");
	m.g[2].next = AT(g[1]);
	m.g[0].reason = 0x7f10;
	expect_note(&m, 2, "was met before; the list ends here");
	expect_note(&m, 2, "what it waits for: 0x7f10 is outside any mapping");
	m = make_memory();
	m.machine.next = AT(machine);
	expect_note(&m, 2, "machine 2 of the list: ");
	m = make_memory();
	make_segment(&m, 0, 1);
	expect_note(&m, 2, "goroutine 5: the segment older than segment 1: ");
	expect_note(&m, 2,
		    "was met before; its segments are not known from "
		    "there on");
}

/* Let segment number STACK say that it begins at LOW. */
static void describe_itself(struct memory *m, int stack, uint64_t low)
{
	struct seg s = {
		.low = low,
		.bytes = AT(stack) + (stack + 1) * 256 - low,
	};

	memcpy(m->stack[stack] + 256 - sizeof(s), &s, sizeof(s));
}

static void broken_links_are_told(void **state)
{
	struct memory m = make_memory();

	(void)state;
	m.g[0].next = 0x7f10;
	expect_note(&m, 2,
		    "goroutine 2 of the list: 0x7f10 is outside any "
		    "mapping");
	expect_note(&m, 2,
		    "1 goroutine that the list does not lead to: found in "
		    "memory");
	m.g[2].top = 0x7f10; /* then it cannot be known */
	expect_note(&m, 1, "goroutine 2 of the list: ");
	m = make_memory();
	m.g[0].top = 0x7f10;
	expect_note(&m, 2,
		    "goroutine 5: its newest segment: Seg at 0x7f10 is outside "
		    "any mapping");
	m = make_memory();
	m.g[0].top = UINT64_MAX - 8;
	expect_note(&m, 2, "Seg at 0xfffffffffffffff7 is outside");
	m = make_memory();
	describe_itself(&m, 2, 8);
	expect_note(&m, 2, "goroutine 2: its newest segment: Seg at");
	describe_itself(&m, 2, UINT64_MAX);
	expect_note(&m, 2, "does not end the segment that it describes");
	m = make_memory();
	describe_itself(&m, 0, 0);
	expect_note(&m, 2, "does not end the segment that it describes; its");
	m = make_memory();
	m.g[0].state = 77;
	expect_note(&m, 2, "goroutine 5: its state is 77, which is none");
	m = make_memory();
	m.g[0].reason = 0x7f10;
	expect_note(&m, 2, "what it waits for: 0x7f10 is outside any mapping");
	m = make_memory();
	m.g[2].machine = 0x7f10;
	expect_note(&m, 2, "goroutine 2: its machine at 0x7f10 is not one");
}

/* Look at M, one thing of which is wrong, and expect both segments of goroutine
 * 5, and a note that says WHAT of the one that STACK is. */
static void expect_low(const struct memory *m, int stack, const char *what)
{
	struct snapshot *s = look(m, &everybody);
	struct span own = s->goroutines.items[1].segments;
	char text[100];

	snprintf(text, sizeof(text), "Seg at 0x%lx %s; 0x%lx is taken for its",
		 top_of(stack), what, AT(stack) + stack * 256);
	assert_int_equal(s->notes.n, 1);
	assert_non_null(strstr(s->notes.items[0].text, text));
	assert_int_equal(own.n, 2);
	for (int i = 0; i < 2; i++) {
		const struct segment *g = &s->segments.items[own.first + i];

		assert_int_equal(g->low.v, AT(stack) + (1 - i) * 256);
		assert_int_equal(g->nbytes, 80 - 40 * i + sizeof(struct seg));
	}
	done(s);
}

/* The word of a segment's descriptor that is OFFSET bytes in it. */
static void overwrite(struct memory *m, int stack, size_t offset, uint64_t word)
{
	memcpy(m->stack[stack] + 256 - sizeof(struct seg) + offset, &word,
	       sizeof(word));
}

/* Of what tells the low end, any one may be wrong. */
static void finds_low_ends(void **state)
{
	static const uint64_t wrong[] = { 0, 8, 40, 512, UINT64_MAX };
	static const char itself[] = "does not end the segment that it "
				     "describes";

	(void)state;
	for (size_t i = 0; i < 2 * 5; i++) {
		size_t offset = i % 2 ? offsetof(struct seg, low)
				      : offsetof(struct seg, bytes);
		struct memory m = make_memory();

		overwrite(&m, 1, offset, wrong[i / 2]);
		expect_low(&m, 1, itself);
		m = make_memory();
		overwrite(&m, 0, offset, wrong[i / 2]);
		expect_low(&m, 0, itself);
		m = make_memory();
		m.g[0].low = wrong[i / 2];
		if (wrong[i / 2])
			expect_low(&m, 1,
				   "has another low end than its "
				   "goroutine");
	}
}

/* The runtime counts a segment that no descriptor leads to. */
static void counts_what_is_kept(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s;

	(void)state;
	m.g[0].bytes = 2 * 256 + 4096;
	s = look(&m, &everybody);
	assert_int_equal(goroutine_kept(s, &s->goroutines.items[1]), 4096);
	done(s);
}

/* Of goroutine 5, whose newest segment is number 1, the chain behind that: the
 * segments FIRST and SECOND, and behind them what lies at END. Expect N of them
 * and, of the end, WHAT; NULL: nothing. */
static void expect_remains(int first, int second, uint64_t end, size_t n,
			   const char *what)
{
	const size_t spare = offsetof(struct seg, spare);
	struct memory m = make_memory();
	struct snapshot *s;
	char text[200];

	make_segment(&m, first, -1);
	make_segment(&m, second, -1);
	overwrite(&m, 1, spare, top_of(first));
	overwrite(&m, first, spare, top_of(second));
	overwrite(&m, second, spare, end);
	s = look(&m, &everybody);
	collect_remains(target, &layout, s);
	/* And goroutine 9, which has ended. */
	assert_int_equal(s->remains.n, 1 + n);
	assert_int_equal(s->notes.n, what != NULL);
	snprintf(text, sizeof(text),
		 "goroutine 5: what it keeps: Seg at 0x%lx %s; more of that is "
		 "not known",
		 end, what);
	if (what)
		assert_string_equal(s->notes.items[0].text, text);
	done(s);
}

static void spare_segments_end(void **state)
{
	const char before[] = "was met before";

	(void)state;
	expect_remains(3, 4, 0, 2, NULL);
	expect_remains(3, 4, top_of(3), 2, before);
	expect_remains(3, 4, top_of(4), 2, before);
	expect_remains(3, 4, top_of(1), 2, before); /* in use */
	expect_remains(3, 4, top_of(0), 2, before);
	expect_remains(3, 4, 0x7f10, 2, "is outside any mapping");
}

/* Goroutine 2 keeps what goroutine 5 has kept, or uses. */
static void spare_segments_are_of_one(void **state)
{
	const size_t spare = offsetof(struct seg, spare);
	const int shared[] = { 3, 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct memory m = make_memory();
		struct snapshot *s;

		make_segment(&m, 3, -1);
		overwrite(&m, 1, spare, top_of(3));
		overwrite(&m, 2, spare, top_of(shared[i]));
		s = look(&m, &everybody);
		collect_remains(target, &layout, s);
		assert_int_equal(s->remains.n, 2);
		assert_int_equal(s->notes.n, 1);
		done(s);
	}
}

static void knows_that_there_may_be_more(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s;

	(void)state;
	m.machine.next = AT(machine);
	s = look(&m, &everybody);
	assert_false(s->incomplete);
	done(s);
	m.g[0].next = 0x7f10;
	s = look(&m, &everybody);
	assert_true(s->incomplete);
	done(s);
}

/* Two goroutines cannot stand on one segment. */
static void shared_segments_are_told(void **state)
{
	struct memory m = make_memory();

	(void)state;
	m.g[2].top = m.g[0].top;
	m.g[2].low = m.g[0].low;
	expect_note(&m, 2, "is goroutine 5's as well; ");
}

static void needs_the_list(void **state)
{
	struct target *t = target_open_arrays();
	struct collection *c =
		collection_new(t, &layout, &everybody, COLLECT_TOPS);
	struct error *e = collect(c);

	(void)state;
	assert_string_equal(e->text, "cannot read the list of goroutines of "
				     "arrays: 0x100000 is outside any "
				     "mapping");
	error_free(e);
	collection_free(c);
	target_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_goroutines_by_id),
		cmocka_unit_test(finds_segments_newest_first),
		cmocka_unit_test(copies_tops_alone),
		cmocka_unit_test(finds_a_thread_by_its_stack),
		cmocka_unit_test(narrows_to_ids),
		cmocka_unit_test(circles_end),
		cmocka_unit_test(broken_links_are_told),
		cmocka_unit_test(finds_low_ends),
		cmocka_unit_test(counts_what_is_kept),
		cmocka_unit_test(spare_segments_end),
		cmocka_unit_test(spare_segments_are_of_one),
		cmocka_unit_test(knows_that_there_may_be_more),
		cmocka_unit_test(shared_segments_are_told),
		cmocka_unit_test(needs_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
