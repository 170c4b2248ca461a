/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Goroutines that have ended, and segments that were left: both are kept, and
 * used again. Of runtimes whose segments end in what describes them.
 */
#include "model/collection.h"
#include "util/scope.h"

/* More are behind no newest segment. */
enum { SparesMost = 1000 };

struct looking {
	struct target *target;
	const struct layout *layout;
	struct snapshot *snapshot;
};

static void visit(void *arg, addr_t at, const uint8_t *bytes)
{
	struct looking *l = arg;
	const struct layout *lo = l->layout;
	const struct state *state =
		layout_state(lo, layout_get(bytes, lo->goroutine.state));
	addr_t top = addr(layout_get(bytes, lo->goroutine.top));

	if (!state || state->role != STATE_UNUSED)
		return;
	*ARRAY_PUSH(&l->snapshot->remains) = (struct remains){
		.goroutine = (int64_t)layout_get(bytes, lo->goroutine.id),
		.ended = true,
		.at = at,
		.low = addr(layout_get(bytes, lo->goroutine.low)),
		.end = addr_plus(top, lo->segment.size),
	};
}

static void forget(void *arg)
{
	((struct looking *)arg)->snapshot->remains.n = 0;
}

static void add_ended(struct looking *l)
{
	const struct visitor v = { visit, forget, l };

	collection_walk_again(l->target, l->layout, l->snapshot, &v);
}

/* The segment with its descriptor at TOP; the one behind it, or 0. */
static addr_t add_spare(struct looking *l, const struct goroutine *g,
			addr_t newest, addr_t top, uint8_t *descriptor)
{
	const struct layout *lo = l->layout;
	uint64_t size = lo->segment.size;

	if (target_read_some(l->target, top, descriptor, size) != size)
		return addr(0);
	if (!addr_eq(top, newest))
		*ARRAY_PUSH(&l->snapshot->remains) = (struct remains){
			.goroutine = g->id,
			.low = addr(layout_get(descriptor, lo->segment.low)),
			.end = addr_plus(top, size),
		};
	return addr(layout_get(descriptor, lo->segment.spare));
}

/* Where the descriptor of G's newest segment is; 0: it has none. */
static addr_t newest_top(const struct looking *l, const struct goroutine *g)
{
	if (!g->segments.n)
		return addr(0);
	return addr(l->snapshot->segments.items[g->segments.first].end.v
		    - l->layout->segment.size);
}

static void add_spares(struct looking *l)
{
	SCOPE(memory)
	uint8_t *descriptor = array_new(l->layout->segment.size, 1);

	for (size_t i = 0; i < l->snapshot->goroutines.n; i++) {
		const struct goroutine *g = &l->snapshot->goroutines.items[i];
		addr_t newest = newest_top(l, g), top = newest;

		for (size_t k = 0; k < SparesMost && !addr_null(top); k++)
			top = add_spare(l, g, newest, top, descriptor);
	}
}

void collect_remains(struct target *t, const struct layout *l,
		     struct snapshot *s)
{
	struct looking looking = { t, l, s };

	if (!field_there(l->segment.spare) || field_there(l->segment.end))
		return;
	add_ended(&looking);
	add_spares(&looking);
}
