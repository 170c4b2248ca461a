/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be copied of a process that runs: most goroutines wait, and the
 * frames of what waits do not change; its variables may, and its place in
 * queues, so who asks for these does not begin early. That one did not run
 * between a first look at it and the stop is sure, as each wait has a number
 * that is given before the state becomes waiting, and never comes back:
 *
 *	1. read the number,
 *	2. then the state: it is waiting, in this wait or in an earlier one, of
 *	   which it has told the end before it gave the number: in this one,
 *	3. then all of it, and its stack,
 *	4. and when all is stopped find the same number, and the same state.
 *
 * Each reads what was in memory after the one before had read. A process that
 * is stopped is so for the fourth only: what is not found there as it was is
 * read then, as if there had been no first look.
 */
#include "model/collection.h"
#include "util/scope.h"

static bool waits(const struct layout *l, uint64_t value)
{
	const struct state *state = layout_state(l, value);

	return state && state->role == STATE_WAITING;
}

/* The first reading. */
static void visit(void *arg, addr_t at, const uint8_t *bytes)
{
	struct collection *c = arg;
	const struct layout *l = c->layout;

	if (waits(l, layout_get(bytes, l->goroutine.state)))
		*ARRAY_PUSH(&c->parked) = (struct parked){
			.at = at,
			.wait = layout_get(bytes, l->goroutine.wait),
		};
}

static void forget(void *arg)
{
	((struct collection *)arg)->parked.n = 0;
}

static bool still_waits(struct collection *c, const struct parked *p)
{
	const struct field state = c->layout->goroutine.state;
	uint64_t value = 0;

	return target_read_some(c->target, addr_plus(p->at, state.offset),
				&value, state.size)
		       == state.size
	       && waits(c->layout, value);
}

/* The second: drop the others. */
static void check_states(struct collection *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->parked.n; i++)
		if (still_waits(c, &c->parked.items[i]))
			c->parked.items[n++] = c->parked.items[i];
	c->parked.n = n;
}

/* The third. */
static void read_goroutines(struct collection *c)
{
	const size_t size = c->layout->goroutine.size;
	SCOPE(memory) uint8_t *bytes = array_new(size, 1);
	struct snapshot *s = c->snapshot;
	size_t n = 0;

	for (size_t i = 0; i < c->parked.n; i++) {
		addr_t at = c->parked.items[i].at;
		size_t notes = s->notes.n;

		if (target_read_some(c->target, at, bytes, size) != size)
			continue;
		goroutine_add(c, at, bytes);
		if (s->goroutines.n == n)
			continue;
		c->parked.items[n] = c->parked.items[i];
		c->parked.items[n++].whole = s->notes.n == notes;
	}
	c->parked.n = n;
}

/* What was taken of [FIRST, END) need not be kept. */
static void drop_bytes(struct collection *c, size_t first, size_t end)
{
	struct snapshot *s = c->snapshot;

	for (size_t i = first; i < end; i++) {
		struct span own = s->goroutines.items[i].segments;

		for (size_t j = own.first; j < own.first + own.n; j++) {
			s->segments.items[j].bytes = NULL;
			s->segments.items[j].nbytes = 0;
		}
	}
	target_drop_copies(c->target);
}

/* So many together take some 20 MB. */
enum { Together = 16 << 10 };

/* The stacks of [FIRST, END). */
static void read_stacks(struct collection *c, size_t first, size_t end)
{
	segments_read(&c->segments, first, end);
	for (size_t i = first; i < end; i++) {
		const struct goroutine *g = &c->snapshot->goroutines.items[i];

		c->parked.items[i].whole &= g->whole && !g->damaged;
	}
	if (!c->take)
		return;
	c->take(c->take_arg, c->snapshot, first, end);
	drop_bytes(c, first, end);
}

/* Whether a wait has a number, and this can be read off the struct. */
static bool can_be_early(const struct layout *l)
{
	return field_there(l->goroutine.wait) && !l->goroutine.state.formula;
}

void collect_early(struct collection *c)
{
	const struct list all = collection_list(c->layout);
	const struct visitor v = { visit, forget, c };
	SCOPE(error)
	struct error *e = NULL;

	if (!can_be_early(c->layout))
		return;
	e = list_walk(c->target, c->snapshot, &all, &v);
	target_refresh(c->target);
	check_states(c);
	target_refresh(c->target);
	read_goroutines(c);
	segments_expect(&c->segments, c->parked.n);
	for (size_t i = 0; i < c->parked.n; i += Together)
		read_stacks(c, i,
			    c->parked.n - i < Together ? c->parked.n
						       : i + Together);
	/* What is wrong is found, and told, when all is stopped. */
	c->snapshot->notes.n = 0;
	reasons_free(&c->reasons);
}

bool early_keeps(struct collection *c, addr_t at, const uint8_t *bytes)
{
	const struct layout *l = c->layout;
	struct parked *p = &c->parked.items[c->next];

	if (c->next == c->parked.n || !addr_eq(p->at, at))
		return false;
	c->next++;
	p->kept = !c->target->remapped && p->whole
		  && p->wait == layout_get(bytes, l->goroutine.wait)
		  && waits(l, layout_get(bytes, l->goroutine.state));
	return p->kept;
}

void early_restart(struct collection *c)
{
	for (size_t i = 0; i < c->next; i++)
		c->parked.items[i].kept = false;
	c->next = 0;
}

void early_forget(struct collection *c)
{
	for (size_t i = 0; i < c->parked.n; i++)
		if (!c->parked.items[i].kept)
			c->snapshot->goroutines.items[i].at = addr(0);
}

void early_drop(struct collection *c)
{
	struct snapshot *s = c->snapshot;
	size_t n = 0;

	if (!c->parked.n)
		return;
	for (size_t i = 0; i < s->goroutines.n; i++)
		if (!addr_null(s->goroutines.items[i].at))
			s->goroutines.items[n++] = s->goroutines.items[i];
	s->goroutines.n = n;
}
