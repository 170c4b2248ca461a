/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Goroutines that have ended, and segments that were left: both are kept, and
 * used again. Of runtimes whose segments end in what describes them.
 */
#include "model/collection.h"
#include "util/scope.h"

struct looking {
	struct target *target;
	const struct layout *layout;
	struct snapshot *snapshot;
	struct map
		met; /* descriptors: none is in use and kept, or kept by two */
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

/* Where the descriptor of G's segment NTH is, 0 the newest. */
static addr_t top_of(const struct looking *l, const struct goroutine *g,
		     size_t nth)
{
	return addr_minus(
		l->snapshot->segments.items[g->segments.first + nth].end,
		l->layout->segment.size);
}

/* G's segments that are in use are met. */
static void meet_segments(struct looking *l, const struct goroutine *g)
{
	for (size_t i = 0; i < g->segments.n; i++)
		map_put(&l->met, top_of(l, g, i).v, 0);
}

/* The chain ends at TOP, where it should not. */
static void note(struct looking *l, const struct goroutine *g, addr_t top,
		 const char *what)
{
	snapshot_note(l->snapshot,
		      "goroutine %ld: what it keeps: %s at 0x%lx %s; more of "
		      "that is not known",
		      g->id, l->layout->segment.type, top.v, what);
}

static void note_absent(struct looking *l, const struct goroutine *g,
			addr_t top, addr_t gone)
{
	note(l, g, top,
	     strings_format(&l->snapshot->strings, "is %s",
			    target_absence(l->target, gone)));
}

/* The segments behind the newest, whose descriptor is read. Of a goroutine that
 * runs one may be given back just now. */
static void add_spares_of(struct looking *l, const struct goroutine *g,
			  uint8_t *descriptor)
{
	const struct layout *lo = l->layout;
	const uint64_t size = lo->segment.size;
	addr_t top;
	size_t got;

	while (!addr_null(
		top = addr(layout_get(descriptor, lo->segment.spare)))) {
		if (!map_put(&l->met, top.v, 0)) {
			note(l, g, top, "was met before");
			return;
		}
		got = target_read_some(l->target, top, descriptor, size);
		if (got != size) {
			if (!g->running)
				note_absent(l, g, top, addr_plus(top, got));
			return;
		}
		*ARRAY_PUSH(&l->snapshot->remains) = (struct remains){
			.goroutine = g->id,
			.low = addr(layout_get(descriptor, lo->segment.low)),
			.end = addr_plus(top, size),
		};
	}
}

static void add_spares(struct looking *l)
{
	const uint64_t size = l->layout->segment.size;
	SCOPE(memory) uint8_t *descriptor = array_new(size, 1);

	for (size_t i = 0; i < l->snapshot->goroutines.n; i++)
		meet_segments(l, &l->snapshot->goroutines.items[i]);
	for (size_t i = 0; i < l->snapshot->goroutines.n; i++) {
		const struct goroutine *g = &l->snapshot->goroutines.items[i];

		if (!g->segments.n
		    || target_read_some(l->target, top_of(l, g, 0), descriptor,
					size)
			       != size)
			continue;
		add_spares_of(l, g, descriptor);
	}
	map_free(&l->met);
}

void collect_remains(struct target *t, const struct layout *l,
		     struct snapshot *s)
{
	struct looking looking = { .target = t, .layout = l, .snapshot = s };

	if (!field_there(l->segment.spare) || field_there(l->segment.end))
		return;
	add_ended(&looking);
	add_spares(&looking);
}
