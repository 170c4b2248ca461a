/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "analyse/check.h"
#include "util/scope.h"

void check_find(struct snapshot *s, const char *format, ...)
{
	SCOPE(memory) char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		out_of_memory();
	va_end(ap);
	*ARRAY_PUSH(&s->objects.findings) = strings_add(&s->strings, text);
}

/*
 * Goroutines and machines
 */

static void check_id(struct snapshot *s, size_t i)
{
	const struct goroutine *g = &s->goroutines.items[i];

	if (g->id <= 0)
		check_find(s, "goroutine at 0x%lx: its id is %" PRId64, g->at.v,
			   g->id);
	if (i && g[-1].id == g->id)
		check_find(s,
			   "goroutines at 0x%lx and 0x%lx have the same id, "
			   "%" PRId64,
			   g[-1].at.v, g->at.v, g->id);
}

static void check_wait(struct snapshot *s, const struct goroutine *g)
{
	if (g->waiting && !*g->reason)
		check_find(s,
			   "goroutine %" PRId64 " at 0x%lx waits for no reason",
			   g->id, g->at.v);
}

/* What it has is no more than it says; of one that runs this may just change.
 */
static void check_bytes(struct snapshot *s, const struct goroutine *g)
{
	const struct segment *own = s->segments.items + g->segments.first;
	uint64_t used = 0;

	if (g->running || !g->whole || g->damaged)
		return;
	for (size_t i = 0; i < g->segments.n; i++)
		used += addr_span(own[i].low, own[i].end);
	if (used > g->bytes)
		check_find(s,
			   "goroutine %" PRId64 " has segments of %" PRIu64
			   " bytes, but says %" PRIu64,
			   g->id, used, g->bytes);
}

/* RUNNING: by thread, the goroutine that says that it runs on it. */
static void check_thread(struct snapshot *s, const struct goroutine *g,
			 struct map *running)
{
	uint32_t *other;

	if (!g->running || !g->thread)
		return;
	other = map_get(running, g->thread);
	if (other)
		check_find(s,
			   "goroutines %" PRId64 " and %" PRId64
			   " both run on thread %" PRId32,
			   s->goroutines.items[*other].id, g->id, g->thread);
	else
		map_put(running, g->thread, g - s->goroutines.items);
}

static void check_goroutines(struct snapshot *s)
{
	struct map running = { 0 };

	for (size_t i = 0; i < s->goroutines.n; i++) {
		check_id(s, i);
		check_wait(s, &s->goroutines.items[i]);
		check_bytes(s, &s->goroutines.items[i]);
		check_thread(s, &s->goroutines.items[i], &running);
	}
	map_free(&running);
}

static void check_machines(struct snapshot *s)
{
	for (size_t i = 0; i < s->machines.n; i++)
		for (size_t k = 0; k < i; k++)
			if (s->machines.items[i].id == s->machines.items[k].id)
				check_find(
					s,
					"machines at 0x%lx and 0x%lx have the "
					"same id, %" PRId64,
					s->machines.items[i].at.v,
					s->machines.items[k].at.v,
					s->machines.items[i].id);
}

/*
 * Objects
 */

/* "mutex 0x7f10", for the beginning of a sentence. */
static const char *name(struct snapshot *s, const struct object *o)
{
	return strings_format(&s->strings, "%s 0x%lx", o->word, o->at.v);
}

static void check_waiter(struct snapshot *s, const struct object *o,
			 const struct waiter *w, addr_t before)
{
	if (!addr_eq(w->prev, before))
		check_find(
			s,
			"%s: its waiter at 0x%lx says that 0x%lx is before it, "
			"but it is 0x%lx",
			name(s, o), w->at.v, w->prev.v, before.v);
	if (w->party == NONE)
		check_find(
			s,
			"%s: its waiter at 0x%lx is of no goroutine that lives",
			name(s, o), w->at.v);
	else if (!w->current)
		check_find(s,
			   "%s: its waiter at 0x%lx is of a wait of %s that is "
			   "over",
			   name(s, o), w->at.v,
			   party_name(s, &s->objects.parties.items[w->party]));
}

static void check_queue(struct snapshot *s, const struct object *o, size_t q)
{
	const struct waiter *w = s->objects.waiters.items + o->queues[q].first;
	size_t n = o->queues[q].n;
	addr_t before = addr(0);

	for (size_t i = 0; i < n; i++) {
		check_waiter(s, o, &w[i], before);
		before = w[i].at;
	}
	if (o->kind != OBJECT_GOROUTINE && n && !addr_eq(o->last[q], before))
		check_find(s, "%s: its queue ends at 0x%lx, but says at 0x%lx",
			   name(s, o), before.v, o->last[q].v);
}

/* Whether somebody waits in it whom nobody is about to wake. */
static bool anybody(const struct snapshot *s, const struct span *queue)
{
	for (size_t i = 0; i < queue->n; i++) {
		const struct waiter *w =
			&s->objects.waiters.items[queue->first + i];

		if (w->current && w->party != NONE
		    && !s->objects.parties.items[w->party].claimed)
			return true;
	}
	return false;
}

static void check_ring(struct snapshot *s, const struct object *o)
{
	uint64_t ring = o->capacity ? o->capacity : 1;

	if (o->count > o->capacity)
		check_find(s,
			   "%s: %" PRIu64 " elements, with room for %" PRIu64,
			   name(s, o), o->count, o->capacity);
	else if (o->taken >= ring || o->put >= ring)
		check_find(s,
			   "%s: its next element is number %" PRIu64
			   " and its next place %" PRIu64 " of %" PRIu64,
			   name(s, o), o->taken, o->put, ring);
	else if ((o->taken + o->count) % ring != o->put)
		check_find(s,
			   "%s: its %" PRIu64 " elements from number %" PRIu64
			   " on do not end at %" PRIu64,
			   name(s, o), o->count, o->taken, o->put);
}

static void check_channel(struct snapshot *s, const struct object *o)
{
	bool receives = anybody(s, &o->queues[QUEUE_RECEIVERS]);
	bool sends = anybody(s, &o->queues[QUEUE_SENDERS]);

	check_ring(s, o);
	if (receives && o->count)
		check_find(s, "%s: somebody waits to receive, beside elements",
			   name(s, o));
	if (sends && o->count < o->capacity)
		check_find(s, "%s: somebody waits to send, beside room",
			   name(s, o));
	if ((receives || sends) && o->closed)
		check_find(s, "%s: somebody waits, though it is closed",
			   name(s, o));
}

static void check_owner(struct snapshot *s, const struct object *o)
{
	if ((o->kind == OBJECT_MUTEX || o->kind == OBJECT_RWLOCK
	     || o->kind == OBJECT_ONCE)
	    && !addr_null(o->owner) && o->owned_by == NONE)
		check_find(s,
			   "%s: its owner at 0x%lx is no goroutine that lives",
			   name(s, o), o->owner.v);
	if (o->kind == OBJECT_WAITGROUP && (int64_t)o->count <= 0
	    && anybody(s, &o->queues[0]))
		check_find(s,
			   "%s: somebody waits, though its count is %" PRId64,
			   name(s, o), (int64_t)o->count);
}

static void check_objects(struct snapshot *s)
{
	for (size_t i = 0; i < s->objects.objects.n; i++) {
		const struct object *o = &s->objects.objects.items[i];

		if (!o->known || o->locked)
			continue;
		for (size_t q = 0; q < QueuesMost; q++)
			check_queue(s, o, q);
		if (o->kind == OBJECT_CHANNEL)
			check_channel(s, o);
		check_owner(s, o);
	}
}

/* Who waits is in the queue of what it waits for, or nobody will wake it. By
 * object and party, so that long queues are gone through once. */
static void index_queued(const struct snapshot *s, struct map *queued)
{
	for (uint32_t i = 0; i < s->objects.objects.n; i++)
		for (size_t q = 0; q < QueuesMost; q++) {
			const struct span *queue =
				&s->objects.objects.items[i].queues[q];

			for (size_t k = 0; k < queue->n; k++)
				map_put(queued,
					(uint64_t)i << 32
						| s->objects.waiters
							  .items[queue->first
								 + k]
							  .party,
					0);
		}
}

static void check_queued(struct snapshot *s, uint32_t party,
			 const struct map *queued)
{
	const struct party *p = &s->objects.parties.items[party];

	if (!p->waiting || p->claimed)
		return;
	for (size_t i = 0; i < p->wants.n; i++) {
		uint32_t object = s->objects.wants.items[p->wants.first + i];
		const struct object *o = &s->objects.objects.items[object];

		if (o->known && !o->locked
		    && !map_get(queued, (uint64_t)object << 32 | party))
			check_find(s,
				   "%s waits for %s, but is not in its queue",
				   party_name(s, p), name(s, o));
	}
}

static void check_parties(struct snapshot *s)
{
	struct map queued = { 0 };

	index_queued(s, &queued);
	for (uint32_t i = 0; i < s->objects.parties.n; i++)
		check_queued(s, i, &queued);
	map_free(&queued);
}

/*
 * Deadlines
 */

static void check_timers(struct snapshot *s)
{
	const struct objects *o = &s->objects;

	if (o->timers_locked)
		return;
	if (o->timers.n != o->timers_said)
		check_find(s,
			   "%zu deadlines were found, but there are said to be "
			   "%" PRIu64,
			   o->timers.n, o->timers_said);
	if (o->timers.n && o->timers.items[0].when != o->timers_next)
		check_find(s,
			   "the next deadline is %" PRId64
			   ", but is said to be %" PRId64,
			   o->timers.items[0].when, o->timers_next);
}

/* What was not as it must be when it was collected: notes elsewhere. */
static void take_notes(struct snapshot *s)
{
	for (size_t i = 0; i < s->notes.n; i++)
		*ARRAY_PUSH(&s->objects.findings) = strings_add_foreign(
			&s->strings, s->notes.items[i].text, SIZE_MAX);
	s->notes.n = 0;
}

void check(struct snapshot *s)
{
	take_notes(s);
	check_goroutines(s);
	check_machines(s);
	if (s->objects.unlocked)
		return;
	check_objects(s);
	check_parties(s);
	check_timers(s);
	check_scheduler(s);
}
