/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Goroutines that a broken list does not lead to. Their structs are looked for
 * in all memory that can be written: one is where the state is one that there
 * is, and the newest segment, which it says twice where it begins, says the
 * same.
 */
#include <inttypes.h>

#include "model/collection.h"
#include "model/pieces.h"
#include "util/progress.h"
#include "util/scope.h"

/* More than SearchMost are not read. Structs are aligned as addresses are. */
static const uint64_t SearchMost = UINT64_C(8) << 30;
enum { Aligned = 8 };

struct searching {
	struct collection *collection;
	uint8_t *descriptor; /* of a segment */
	struct map met;	     /* where structs lie, and newest segments */
	size_t found;
	addr_t first; /* of those that were found */
};

/* What else there is in memory is all 0, as a rule, or points to itself. */
static bool is_mapped(const struct target *t, addr_t low, addr_t top)
{
	const struct mapping *m = target_mapping(t, low);

	return m && m->writable && target_mapping(t, top);
}

/* Whether the newest segment, [LOW, TOP) and its descriptor at TOP, is one. */
static bool is_segment(struct searching *s, addr_t low, addr_t top)
{
	const struct layout *l = s->collection->layout;
	const uint64_t size = l->segment.size;

	if (top.v % Aligned || low.v >= top.v
	    || !is_mapped(s->collection->target, low, top)
	    || target_read_some(s->collection->target, top, s->descriptor, size)
		       != size)
		return false;
	return addr_eq(addr(layout_get(s->descriptor, l->segment.low)), low)
	       && addr_eq(addr_plus(low, layout_get(s->descriptor,
						    l->segment.bytes)),
			  addr_plus(top, size));
}

static bool is_goroutine(struct searching *s, const uint8_t *bytes)
{
	const struct layout *l = s->collection->layout;
	const struct state *state =
		layout_state(l, layout_get(bytes, l->goroutine.state));

	return state && state->role != STATE_UNUSED
	       && (int64_t)layout_get(bytes, l->goroutine.id) > 0
	       && is_segment(s, addr(layout_get(bytes, l->goroutine.low)),
			     addr(layout_get(bytes, l->goroutine.top)));
}

/* False: it was met before. */
static bool meet(struct searching *s, addr_t at, const uint8_t *bytes)
{
	uint64_t top = layout_get(bytes, s->collection->layout->goroutine.top);
	bool new = map_put(&s->met, at.v, 0);

	return map_put(&s->met, top, 0) && new;
}

static void visit(void *arg, addr_t at, const uint8_t *bytes)
{
	meet(arg, at, bytes);
}

static void forget_nothing(void *arg)
{
	(void)arg;
}

/* Those that the list leads to. */
static void meet_list(struct searching *s)
{
	struct collection *c = s->collection;
	const struct visitor v = { visit, forget_nothing, s };

	collection_walk_again(c->target, c->layout, c->snapshot, &v);
}

static void look(void *arg, addr_t at, const uint8_t *bytes, size_t n)
{
	struct searching *s = arg;
	const uint64_t size = s->collection->layout->goroutine.size;

	for (size_t i = 0; i + size <= n; i += Aligned) {
		if (!is_goroutine(s, bytes + i)
		    || !meet(s, addr_plus(at, i), bytes + i))
			continue;
		if (s->found++ == 0)
			s->first = addr_plus(at, i);
		goroutine_add(s->collection, addr_plus(at, i), bytes + i);
	}
}

static void search_all(struct searching *s)
{
	const struct target *t = s->collection->target;
	const uint64_t size = s->collection->layout->goroutine.size;
	SCOPE(memory) uint8_t *buf = array_new(PieceBytes, 1);
	const struct pieces p = { .target = s->collection->target,
				  .overlap = (size + Aligned - 1) & -Aligned,
				  .look = look,
				  .arg = s,
				  .buf = buf };
	uint64_t left = SearchMost;

	progress_stage(t->progress, "searching memory for goroutines", 0);
	for (size_t i = 0; i < t->mappings.n; i++) {
		const struct mapping *m = &t->mappings.items[i];
		uint64_t bytes = addr_span(m->low, m->end);

		if (!m->writable || bytes > left)
			continue;
		left -= bytes;
		pieces_look(&p, m->low, m->end);
	}
}

/* A struct says where its newest segment begins, as the segment does itself. */
static bool can_be_known(const struct layout *l)
{
	return field_there(l->goroutine.low) && !l->goroutine.low.formula
	       && !l->goroutine.top.formula && !l->goroutine.state.formula
	       && !l->goroutine.id.formula && field_there(l->segment.bytes)
	       && !l->segment.bytes.formula && !l->segment.low.formula
	       && l->goroutine.size < PieceBytes / 2;
}

void lost_find(struct collection *c)
{
	struct searching s = { .collection = c };
	SCOPE(memory) uint8_t *descriptor = NULL;

	if (!can_be_known(c->layout))
		return;
	s.descriptor = descriptor = array_new(c->layout->segment.size, 1);
	meet_list(&s);
	search_all(&s);
	map_free(&s.met);
	if (s.found)
		snapshot_note(c->snapshot,
			      "%zu goroutine%s that the list does not lead to: "
			      "found in memory, the first at 0x%" PRIx64,
			      s.found, s.found == 1 ? "" : "s", s.first.v);
}
