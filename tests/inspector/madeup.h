/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * madeup.h - a runtime that exists only here: its layout is made by hand, its
 * memory is an array.
 */
#ifndef INSPECTOR_MADEUP_H
#define INSPECTOR_MADEUP_H

#include <stdio.h>
#include <string.h>

#include "model/collect.h"

enum { Base = 0x100000, Stacks = 20 };

/* The made-up runtime's structs. */
struct seg {
	uint64_t next, boundary, low, bytes, spare;
};

struct gor {
	uint64_t next, id, state, wait, reason, object, since, creator, entry;
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
		.offset = offsetof(struct type, member),                       \
		.size = sizeof(((struct type *)0)->member)                     \
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
		.state = FIELD(gor, state), .wait = FIELD(gor, wait),
		.reason = FIELD(gor, reason),
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
		.spare = FIELD(seg, spare),
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

static inline uint64_t top_of(int stack)
{
	return AT(stack) + (stack + 1) * 256 - sizeof(struct seg);
}

/* Segment number STACK, older than which is OLDER, or nothing (-1). */
static inline void make_segment(struct memory *m, int stack, int older)
{
	struct seg s = { .low = AT(stack) + stack * 256, .bytes = 256 };

	if (older >= 0) {
		s.next = top_of(older);
		s.boundary = top_of(older) - 40;
	}
	memcpy(m->stack[stack] + 256 - sizeof(s), &s, sizeof(s));
}

static inline struct gor make_goroutine(uint64_t id, uint64_t state, int stack)
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
static inline struct memory make_memory(void)
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

/* A target that is M. */
static inline struct target *open_memory(const struct memory *m)
{
	struct target *t = target_open_arrays();

	target_arrays_add(t, addr(Base), m, sizeof(*m));
	return t;
}

static const struct ids everybody = { 0 };

#endif
