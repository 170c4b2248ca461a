/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * objects.h - a made-up runtime's objects, for the tests that look at them: its
 * layout by hand, its memory in an array at Base, and the goroutines that have
 * been collected of it already.
 */
#ifndef INSPECTOR_OBJECTS_H
#define INSPECTOR_OBJECTS_H

#include <string.h>

#include "model/collect_objects.h"
#include "test.h"

enum { Base = 0x100000, Goroutines = 6, Waiters = 8, Timers = 4 };

struct gor {
	uint64_t wait, joiners;
};

struct wtr {
	uint64_t next, prev, goroutine, wait;
};

struct que {
	uint64_t first, last;
};

struct chn {
	uint64_t lock, closed, count, capacity, element, taken, put, creator;
	struct que receivers, senders;
};

struct shr {
	uint64_t lock, owner, count;
	struct que queue;
};

struct cas {
	uint64_t clause;
	struct wtr waiter;
};

struct dsc {
	uint64_t number, lock, users, closing, socket, kind;
	struct que queues[3];
};

struct tmr {
	uint64_t when, goroutine, wait;
};

struct thr {
	struct gor g;
	uint64_t reason, object, next, thread, waits, forever;
};

/* All of its memory. */
struct memory {
	struct gor g[Goroutines];
	struct wtr w[Waiters];
	struct chn channel;
	struct shr shared;
	struct {
		uint64_t cases, number;
	} select;
	struct cas cases[2];
	uint64_t clause; /* its channel */
	uint64_t join_lock;
	uint64_t table[2];
	struct dsc chunk[2];
	uint64_t timers_lock, slots, used, ntimers, room, next;
	struct tmr timer[Timers];
	uint64_t threads;
	struct thr thread;
	char words[16];
};

#define AT(member) (Base + offsetof(struct memory, member))
#define FIELD(type, member)                                                    \
	{                                                                      \
		offsetof(struct type, member),                                 \
			sizeof(((struct type *)0)->member)                     \
	}
#define SHARED                                                                 \
	{                                                                      \
		sizeof(struct shr), FIELD(shr, lock), FIELD(shr, owner),       \
			FIELD(shr, queue.first)                                \
	}

static const struct layout layout = {
	.goroutine = { .size = sizeof(struct gor),
		       /* of a thread's, whose struct goes on behind it */
		       .reason = { offsetof(struct thr, reason), 8 },
		       .object = { offsetof(struct thr, object), 8 } },
};

static const struct objects_layout objects_layout = {
	.ways = { "send", "receive", "select", "lock", "rdlock", "wrlock",
		  "cond", "group", "once", "join", "sleep", "stop", "read",
		  "write", "accept", "connect", "either" },
	.goroutine = { FIELD(gor, wait), FIELD(gor, joiners) },
	.queue = { sizeof(struct que), FIELD(que, first), FIELD(que, last) },
	.waiter = { sizeof(struct wtr), FIELD(wtr, next), FIELD(wtr, prev),
		    FIELD(wtr, goroutine), FIELD(wtr, wait) },
	.channel = { sizeof(struct chn), FIELD(chn, lock), FIELD(chn, closed),
		     FIELD(chn, count), FIELD(chn, capacity),
		     FIELD(chn, element), FIELD(chn, taken), FIELD(chn, put),
		     FIELD(chn, receivers.first), FIELD(chn, senders.first),
		     FIELD(chn, creator) },
	.select = { 16, { 0, 8 }, { 8, 8 } },
	.select_case = { sizeof(struct cas), FIELD(cas, clause),
			 FIELD(cas, waiter) },
	.clause = { 8, { 0, 8 } },
	.mutex = SHARED,
	.rwlock = SHARED,
	.condition = { sizeof(struct shr),
		       FIELD(shr, lock),
		       { 0, 0 },
		       FIELD(shr, queue.first) },
	.waitgroup = { sizeof(struct shr),
		       FIELD(shr, lock),
		       { 0, 0 },
		       FIELD(shr, queue.first) },
	.once = SHARED,
	.readers = FIELD(shr, count),
	.reader = 4,
	.count = FIELD(shr, count),
	.join = { { AT(join_lock) }, 1, 2 },
	.descriptor = { { AT(table) },
			sizeof(((struct memory *)0)->table),
			2,
			sizeof(struct dsc),
			0,
			2,
			FIELD(dsc, number),
			FIELD(dsc, lock),
			FIELD(dsc, users),
			FIELD(dsc, closing),
			FIELD(dsc, socket),
			FIELD(dsc, kind),
			FIELD(dsc, queues) },
	.timers = { { AT(timers_lock) },
		    { 0, 8 },
		    { 8, 8 },
		    { 16, 8 },
		    { 24, 8 },
		    { 32, 8 },
		    { 40, 8 } },
	.timer = { sizeof(struct tmr), FIELD(tmr, when), FIELD(tmr, goroutine),
		   FIELD(tmr, wait) },
	.thread = { { AT(threads) },
		    sizeof(struct thr),
		    FIELD(thr, next),
		    FIELD(thr, g),
		    FIELD(thr, thread),
		    FIELD(thr, waits),
		    FIELD(thr, forever) },
};

/* Goroutine I, with id I + 1, waits by WAY on what is at OBJECT. */
static inline void wait_for(struct snapshot *s, int i, const char *way,
			    uint64_t object)
{
	struct goroutine *g = &s->goroutines.items[i];

	g->waiting = true;
	g->reason = strings_add(&s->strings, way);
	g->object = addr(object);
}

/* All of its goroutines, which run. */
static inline struct snapshot *make_snapshot(void)
{
	struct snapshot *s = snapshot_new();

	for (int i = 0; i < Goroutines; i++)
		*ARRAY_PUSH(&s->goroutines) = (struct goroutine){
			.at = addr(AT(g) + i * sizeof(struct gor)),
			.id = i + 1,
			.state = "doing",
			.reason = "",
			.name = "",
			.waited = -1,
		};
	return s;
}

/* Put the N waiters of M from number FIRST on into queue Q, one for each
 * goroutine from number G on. */
static inline void link_queue(struct memory *m, struct que *q, int first, int n,
			      int g)
{
	for (int i = 0; i < n; i++) {
		struct wtr *w = &m->w[first + i];

		w->goroutine = AT(g) + (g + i) * sizeof(struct gor);
		w->wait = m->g[g + i].wait & ~UINT64_C(1);
		w->prev = i ? AT(w) + (first + i - 1) * sizeof(*w) : 0;
		w->next = i + 1 < n ? AT(w) + (first + i + 1) * sizeof(*w) : 0;
	}
	q->first = AT(w) + first * sizeof(struct wtr);
	q->last = AT(w) + (first + n - 1) * sizeof(struct wtr);
}

/* Collect the objects of M into S. */
static inline void look_at(const struct memory *m, struct snapshot *s)
{
	struct target *t = target_open_arrays();
	const struct regs none = { 0 };

	target_arrays_add(t, addr(Base), m, sizeof(*m));
	target_arrays_thread(t, 77, &none);
	collect_objects(t, &layout, &objects_layout, s);
	target_close(t);
}

/* Whether a note of S has WORDS. */
static inline bool noted(const struct snapshot *s, const char *words)
{
	for (size_t i = 0; i < s->notes.n; i++)
		if (strstr(s->notes.items[i].text, words))
			return true;
	return false;
}

#endif
