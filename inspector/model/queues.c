/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "model/collect_objects.h"
#include "util/scope.h"

static void note_broken(struct looking *l, const struct object *o, size_t n,
			const char *what)
{
	snapshot_note(l->snapshot,
		      "%s 0x%lx: waiter %zu in its queue: %s; the queue ends "
		      "here",
		      object_word(o->kind), o->at.v, n, what);
}

static struct waiter make_waiter(struct looking *l, addr_t at,
				 const uint8_t *bytes)
{
	const struct objects_layout *o = l->objects;
	struct waiter w = {
		.at = at,
		.prev = addr(layout_get(bytes, o->waiter.prev)),
		.party = party_at(l,
				  addr(layout_get(bytes, o->waiter.goroutine))),
	};
	const struct party *p;

	if (w.party == NONE)
		return w;
	p = &l->snapshot->objects.parties.items[w.party];
	w.current =
		(p->wait & ~UINT64_C(1)) == layout_get(bytes, o->waiter.wait);
	return w;
}

/* Why the waiter at AT, of which BYTES were read or E not, ends its queue;
 * NULL: it does not. */
static const char *doubt(struct looking *l, addr_t at, const struct error *e)
{
	if (e)
		return e->text;
	if (!map_put(&l->met, at.v, 0))
		return "it was met before";
	if (l->snapshot->objects.waiters.n >= l->waiters_most)
		return "there are too many to be true";
	return NULL;
}

void read_queue(struct looking *l, struct object *o, size_t nth, addr_t first)
{
	struct objects *all = &l->snapshot->objects;
	SCOPE(memory) uint8_t *bytes = array_new(l->objects->waiter.size, 1);
	addr_t at = first;

	o->queues[nth].first = all->waiters.n;
	for (size_t n = 0; !addr_null(at); n++) {
		SCOPE(error)
		struct error *e = stacks_read(&l->stacks, l->target, at, bytes,
					      l->objects->waiter.size);
		const char *why = doubt(l, at, e);

		if (why) {
			note_broken(l, o, n + 1, why);
			break;
		}
		*ARRAY_PUSH(&all->waiters) = make_waiter(l, at, bytes);
		at = addr(layout_get(bytes, l->objects->waiter.next));
	}
	o->queues[nth].n = all->waiters.n - o->queues[nth].first;
}
