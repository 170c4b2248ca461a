/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "model/references.h"
#include "util/scope.h"

struct holding {
	struct objects *objects;
	uint32_t party;
	uint32_t *last; /* by object: the last holder + 1 */
};

/* Each party once: most hold an address many times. */
static void found_on_stack(void *arg, uint32_t object, addr_t at)
{
	struct holding *h = arg;

	(void)at;
	if (h->last[object] == h->party + 1)
		return;
	h->last[object] = h->party + 1;
	*ARRAY_PUSH(&h->objects->holders) = (struct holder){ object, h->party };
}

/* The part of a segment that is in use. */
static void search_segment(const struct sought_objects *w,
			   const struct segment *g, struct holding *h)
{
	addr_t copied = segment_copied(g), from = copied;

	if (!addr_null(g->sp) && from.v < g->sp.v)
		from = g->sp;
	if (addr_span(copied, from) < g->nbytes)
		sought_look(w, from, g->bytes + addr_span(copied, from),
			    g->nbytes - addr_span(copied, from), found_on_stack,
			    h);
}

/* Whether all that is in use was copied. */
static bool is_whole(const struct segment *g)
{
	addr_t from = addr_null(g->sp) ? g->low : g->sp;

	return segment_copied(g).v <= from.v;
}

static void search_goroutine(struct snapshot *s, const struct sought_objects *w,
			     uint32_t i, uint32_t *last)
{
	const struct goroutine *g = &s->goroutines.items[i];
	struct holding h = { &s->objects, i, last };
	struct party *p = &s->objects.parties.items[i];

	p->hidden = g->segments.n == 0;
	for (size_t k = 0; k < g->segments.n; k++) {
		const struct segment *segment =
			&s->segments.items[g->segments.first + k];

		search_segment(w, segment, &h);
		p->hidden |= !is_whole(segment);
	}
}

static int compare(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->object != y->object)
		return x->object < y->object ? -1 : 1;
	return x->party < y->party ? -1 : x->party > y->party;
}

void search_stacks(struct snapshot *s)
{
	struct objects *o = &s->objects;
	SCOPE(sought) struct sought_objects *w = sought_new(o);
	SCOPE(memory) uint32_t *last = array_new(o->objects.n, sizeof(*last));

	for (uint32_t i = 0; i < s->goroutines.n && w->ranges.n; i++)
		search_goroutine(s, w, i, last);
	if (o->holders.n)
		qsort(o->holders.items, o->holders.n, sizeof(*o->holders.items),
		      compare);
	for (size_t i = o->holders.n; i-- > 0;) {
		struct span *span =
			&o->objects.items[o->holders.items[i].object].holders;

		span->first = i;
		span->n++;
	}
}
