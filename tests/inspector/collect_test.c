/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From memory to the model, over a runtime that exists only here: its layout
 * is made by hand, its memory is an array.
 */
#include <stdio.h>
#include <string.h>

#include "model/collect.h"
#include "test.h"

enum { Base = 0x100000, Stacks = 20 };

/* The made-up runtime's structs. */
struct seg {
	uint64_t next, boundary, low, bytes, grower;
};

struct gor {
	uint64_t next, id, state, reason, object, since, creator, entry;
	uint64_t machine, sp, pc, top, low, bytes;
	char name[16];
};

struct mach {
	uint64_t next, id, thread, current;
};

/* All of its memory, at Base. */
struct memory {
	uint64_t all, machines;
	struct clock_reading first, last;
	char reason[16];
	struct mach machine;
	struct gor g[3];
	uint8_t stack[Stacks][256]; /* each a segment, seg at its end */
};

#define AT(member) (Base + offsetof(struct memory, member))
#define FIELD(type, member)                                                    \
	{                                                                      \
		offsetof(struct type, member),                                 \
			sizeof(((struct type *)0)->member)                     \
	}

static struct state states[] = {
	{ 1, (char *)"runnable", STATE_OTHER },
	{ 2, (char *)"waiting", STATE_WAITING },
	{ 3, (char *)"dead", STATE_UNUSED },
	{ 4, (char *)"running", STATE_RUNNING },
};

static const struct layout layout = {
	.goroutine = {
		.size = sizeof(struct gor), .head = { AT(all) },
		.next = FIELD(gor, next), .id = FIELD(gor, id),
		.state = FIELD(gor, state), .reason = FIELD(gor, reason),
		.object = FIELD(gor, object), .since = FIELD(gor, since),
		.creator = FIELD(gor, creator), .entry = FIELD(gor, entry),
		.name = FIELD(gor, name), .machine = FIELD(gor, machine),
		.sp = FIELD(gor, sp), .pc = FIELD(gor, pc),
		.top = FIELD(gor, top), .low = FIELD(gor, low),
		.bytes = FIELD(gor, bytes),
	},
	.segment = {
		.size = sizeof(struct seg), .type = "Seg",
		.next = FIELD(seg, next), .boundary = FIELD(seg, boundary),
		.low = FIELD(seg, low), .bytes = FIELD(seg, bytes),
		.grower = FIELD(seg, grower),
	},
	.machine = {
		.size = sizeof(struct mach), .head = { AT(machines) },
		.next = FIELD(mach, next), .id = FIELD(mach, id),
		.thread = FIELD(mach, thread), .current = FIELD(mach, current),
	},
	.clock = {
		.at = { Base },
		.first_ticks = FIELD(memory, first.ticks),
		.first_ns = FIELD(memory, first.ns),
		.last_ticks = FIELD(memory, last.ticks),
		.last_ns = FIELD(memory, last.ns),
	},
	.states = { .items = states, .n = 4, .room = 4 },
};

static uint64_t top_of(int stack)
{
	return AT(stack) + (stack + 1) * 256 - sizeof(struct seg);
}

/* Segment number STACK, older than which is OLDER, or nothing (-1). */
static void make_segment(struct memory *m, int stack, int older)
{
	struct seg s = { .low = AT(stack) + stack * 256, .bytes = 256 };

	if (older >= 0) {
		s.next = top_of(older);
		s.boundary = top_of(older) - 40;
		s.grower = 0x4444;
	}
	memcpy(m->stack[stack] + 256 - sizeof(s), &s, sizeof(s));
}

static struct gor make_goroutine(uint64_t id, uint64_t state, int stack)
{
	struct gor g = {
		.id = id,
		.state = state,
		.top = top_of(stack),
		.low = AT(stack) + stack * 256,
		.sp = top_of(stack) - 80,
		.pc = 0x4000,
		.bytes = 256,
	};

	snprintf(g.name, sizeof(g.name), "number %d", (int)id);
	return g;
}

/* Goroutines 5 (waiting, on segments 1 and 0) and 2 (running on thread 77, on
 * segment 2), on the list in this order; and 9, dead. */
static struct memory make_memory(void)
{
	struct memory m = {
		.all = AT(g[0]),
		.machines = AT(machine),
		.first = { 1000, 0 },
		.last = { 2000, 500 },
		.reason = "a friend",
		.machine = { .id = 1, .thread = 77 },
	};

	make_segment(&m, 0, -1);
	make_segment(&m, 1, 0);
	make_segment(&m, 2, -1);
	m.g[0] = make_goroutine(5, 2, 1);
	m.g[0].next = AT(g[1]);
	m.g[0].reason = AT(reason);
	m.g[0].since = 1200;
	m.g[1] = make_goroutine(9, 3, 2);
	m.g[1].next = AT(g[2]);
	m.g[2] = make_goroutine(2, 4, 2);
	m.g[2].machine = AT(machine);
	return m;
}

/* The target of the test, and what is found in it. */
static struct target *target;
static enum collect_extent extent = COLLECT_STACKS;

static struct snapshot *look(const struct memory *m, const struct ids *ids)
{
	struct snapshot *s = NULL;

	target = target_open_arrays();
	target_arrays_add(target, addr(Base), m, sizeof(*m));
	assert_null(collect(target, &layout, ids, extent, &s));
	return s;
}

static void done(struct snapshot *s)
{
	snapshot_free(s);
	target_close(target);
}

static const struct ids everybody = { 0 };

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
	done(s);
}

/* A clock that cannot be right. */
static void waits_are_no_longer_than_can_be_told(void **state)
{
	struct memory m = make_memory();
	struct snapshot *s;

	(void)state;
	m.first = (struct clock_reading){ 1000, INT64_MIN };
	m.last = (struct clock_reading){ 1001, INT64_MAX };
	m.g[0].since = 1;
	s = look(&m, &everybody);
	assert_int_equal(s->goroutines.items[1].waited, INT64_MAX);
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
	assert_int_equal(g[0].low.v, AT(stack[1]));
	assert_int_equal(g[0].end.v, AT(stack[2]));
	assert_int_equal(g[0].sp.v, top_of(1) - 80);
	assert_int_equal(g[0].grower.v, 0x4444);
	assert_int_equal(g[0].copied.v, g[0].sp.v);
	assert_int_equal(g[0].nbytes, 80 + sizeof(struct seg));
	assert_int_equal(g[1].low.v, AT(stack[0]));
	assert_int_equal(g[1].sp.v, top_of(0) - 40);
	assert_true(addr_null(g[1].grower));
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
	expect_note(&m, 2, "was met before; its stack ends here");
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
	expect_note(&m, 1,
		    "goroutine 2 of the list: 0x7f10 is outside any "
		    "mapping");
	m = make_memory();
	m.g[0].top = 0x7f10;
	expect_note(&m, 2,
		    "goroutine 5: its newest segment: Seg at 0x7f10 is outside "
		    "any mapping");
	m = make_memory();
	m.g[0].top = UINT64_MAX - 8;
	expect_note(&m, 2, "Seg at 0xfffffffffffffff7 is outside");
	m = make_memory();
	m.g[0].low += 16;
	expect_note(&m, 2, "has another low end than is noted elsewhere");
	m = make_memory();
	describe_itself(&m, 2, 8);
	expect_note(&m, 2, "goroutine 2: its newest segment: Seg at");
	describe_itself(&m, 2, UINT64_MAX);
	expect_note(&m, 2, "does not end the segment that it describes");
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

/* Two goroutines cannot stand on one segment. */
static void shared_segments_are_told(void **state)
{
	struct memory m = make_memory();

	(void)state;
	m.g[2].top = m.g[0].top;
	m.g[2].low = m.g[0].low;
	expect_note(&m, 2, "was met before");
}

static void needs_the_list(void **state)
{
	struct target *t = target_open_arrays();
	struct snapshot *s;
	struct error *e = collect(t, &layout, &everybody, COLLECT_TOPS, &s);

	(void)state;
	assert_string_equal(e->text, "cannot read the list of goroutines of "
				     "arrays: 0x100000 is outside any "
				     "mapping");
	error_free(e);
	target_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_goroutines_by_id),
		cmocka_unit_test(waits_are_no_longer_than_can_be_told),
		cmocka_unit_test(finds_segments_newest_first),
		cmocka_unit_test(copies_tops_alone),
		cmocka_unit_test(narrows_to_ids),
		cmocka_unit_test(circles_end),
		cmocka_unit_test(broken_links_are_told),
		cmocka_unit_test(shared_segments_are_told),
		cmocka_unit_test(needs_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
