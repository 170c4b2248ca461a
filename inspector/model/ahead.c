/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The segments of a crowd of goroutines, a chunk at a time. Where the target
 * has to fetch what is read, another thread asks for it meanwhile: that takes
 * less time than reading, so it is ahead before long.
 */
#include "model/segments.h"
#include "util/workers.h"

struct reading {
	struct segment_reader *reader;
	size_t first, end;
};

static void read_all(const struct reading *a)
{
	for (size_t i = a->first; i < a->end; i += ChunkGoroutines)
		segments_read_chunk(a->reader, i,
				    a->end - i < ChunkGoroutines
					    ? a->end
					    : i + ChunkGoroutines);
}

/* Where a stack begins, and its segment's descriptor: often in one page. */
static void fetch_all(const struct reading *a)
{
	const struct goroutine *g = a->reader->snapshot->goroutines.items;
	size_t last = 0;

	for (size_t i = a->first; i < a->end; i++) {
		target_fetch(a->reader->target, g[i].sp, &last);
		target_fetch(a->reader->target, g[i].top, &last);
	}
}

static void read_or_fetch(void *reading, bool first)
{
	if (first)
		read_all(reading);
	else
		fetch_all(reading);
}

/* Few goroutines have grown. */
void segments_expect(struct segment_reader *r, size_t goroutines)
{
	map_reserve(&r->met, r->met.n + goroutines / 8 * 9);
}

void segments_read(struct segment_reader *r, size_t first, size_t end)
{
	struct reading all = { r, first, end };
	bool fetch = end - first >= CrowdLeast && target_fetches(r->target)
		     && workers_number() > 1;

	r->large = 0;
	segments_expect(r, end - first);
	workers_run(fetch ? 2 : 1, read_or_fetch, &all);
}
