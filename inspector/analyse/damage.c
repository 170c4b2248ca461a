/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyse/analyse.h"

/* The first goroutine whose id is ID or more. */
static size_t lower_bound(const struct snapshot *s, int64_t id)
{
	size_t low = 0, end = s->goroutines.n;

	while (low < end) {
		size_t middle = low + (end - low) / 2;

		if (s->goroutines.items[middle].id < id)
			low = middle + 1;
		else
			end = middle;
	}
	return low;
}

static bool any_in(const struct snapshot *s, const struct id_range *r)
{
	size_t i = lower_bound(s, r->first);

	return i < s->goroutines.n && s->goroutines.items[i].id <= r->last;
}

void note_missing_ids(struct snapshot *s, const struct ids *ids)
{
	for (size_t i = 0; i < ids->n; i++) {
		const struct id_range *r = &ids->items[i];

		if (any_in(s, r))
			continue;
		if (r->first == r->last)
			snapshot_note(s, "there is no goroutine %ld", r->first);
		else
			snapshot_note(s, "there are no goroutines %ld-%ld",
				      r->first, r->last);
	}
}

void note_stops(struct snapshot *s)
{
	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		if (g->stop)
			snapshot_note(s,
				      "goroutine %ld: %s; the trace stops "
				      "there",
				      g->id, g->stop);
	}
}

static bool any_omitted(const struct snapshot *s)
{
	for (size_t i = 0; i < s->lines.n; i++)
		if (s->lines.items[i].omitted)
			return true;
	return false;
}

void note_omitted(struct snapshot *s)
{
	if (!any_omitted(s))
		return;
	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];
		const struct line *l = s->lines.items + g->lines.first;

		for (size_t k = 0; k < g->lines.n; k++)
			if (l[k].omitted)
				snapshot_note(s,
					      "goroutine %ld: %u frames in the "
					      "middle of its stack are left "
					      "out",
					      g->id, l[k].omitted);
	}
}
