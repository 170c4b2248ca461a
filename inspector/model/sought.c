/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "model/references.h"

enum { PageShift = 12 };

/* Where the page of a word is noted. */
static size_t page_of(const struct sought_objects *w, uint64_t page)
{
	return page % sizeof(w->pages);
}

/* Those that somebody who has their address can do something about. */
static bool is_sought(const struct object *o)
{
	return o->kind == OBJECT_CHANNEL || o->kind == OBJECT_CONDITION
	       || o->kind == OBJECT_WAITGROUP || o->kind == OBJECT_RWLOCK;
}

static void add_range(struct sought_objects *w, addr_t low, addr_t end,
		      uint32_t object)
{
	*ARRAY_PUSH(&w->ranges) = (struct sought_range){ low, end, object };
	if (w->widest < addr_span(low, end))
		w->widest = addr_span(low, end);
	for (uint64_t p = low.v >> PageShift; p <= (end.v - 1) >> PageShift;
	     p++)
		w->pages[page_of(w, p)] = 1;
}

static int compare(const void *a, const void *b)
{
	const struct sought_range *x = a, *y = b;

	return x->low.v < y->low.v ? -1 : x->low.v > y->low.v;
}

struct sought_objects *sought_new(const struct objects *o)
{
	struct sought_objects *w = array_new(1, sizeof(*w));

	for (uint32_t i = 0; i < o->objects.n; i++) {
		const struct object *object = &o->objects.items[i];
		uint64_t before =
			object->kind == OBJECT_CHANNEL ? 0 : NearBytes;

		if (is_sought(object) && object->known)
			add_range(w, addr_minus(object->at, before),
				  addr_plus(object->at, 1), i);
	}
	if (w->ranges.n)
		qsort(w->ranges.items, w->ranges.n, sizeof(*w->ranges.items),
		      compare);
	return w;
}

void sought_free(struct sought_objects *w)
{
	free(w->ranges.items);
	free(w);
}

static void look_up(const struct sought_objects *w, uint64_t word, addr_t at,
		    void (*found)(void *arg, uint32_t object, addr_t at),
		    void *arg)
{
	for (size_t i = ARRAY_UPTO(&w->ranges, .low.v, word); i-- > 0;) {
		const struct sought_range *r = &w->ranges.items[i];

		if (word - r->low.v >= w->widest)
			break;
		if (word < r->end.v)
			found(arg, r->object, at);
	}
}

void sought_look(const struct sought_objects *w, addr_t at,
		 const uint8_t *bytes, size_t n,
		 void (*found)(void *arg, uint32_t object, addr_t at),
		 void *arg)
{
	size_t i = -at.v % sizeof(uint64_t);

	for (; i + sizeof(uint64_t) <= n; i += sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, bytes + i, sizeof(word));
		if (w->pages[page_of(w, word >> PageShift)])
			look_up(w, word, addr_plus(at, i), found, arg);
	}
}
