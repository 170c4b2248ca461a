/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyse/analyse.h"

/* The first goroutine whose id is ID or more. */
static size_t lower_bound(const struct snapshot *s, int64_t id)
{
	return ARRAY_UPTO(&s->goroutines, .id, id - 1);
}

/* So many gaps in a range are told one by one. */
enum { GapsMost = 3 };

/* Of the ids [FIRST, LAST] there is no goroutine, or it cannot be read. */
static void note_absent(struct snapshot *s, int64_t first, int64_t last)
{
	static const char Unread[] = "not in what can be read of the list";

	if (s->incomplete && first == last)
		snapshot_note(s, "goroutine %ld is %s", first, Unread);
	else if (s->incomplete)
		snapshot_note(s, "goroutines %ld-%ld are %s", first, last,
			      Unread);
	else if (first == last)
		snapshot_note(s, "there is no goroutine %ld", first);
	else
		snapshot_note(s, "there are no goroutines %ld-%ld", first,
			      last);
}

/* The ids of a range that no goroutine has. */
static void note_gaps(struct snapshot *s, const struct id_range *r)
{
	int64_t first = r->first, more = 0;
	size_t gaps = 0;

	for (size_t i = lower_bound(s, first);; i++) {
		bool inside = i < s->goroutines.n
			      && s->goroutines.items[i].id <= r->last;
		int64_t id = inside ? s->goroutines.items[i].id : r->last;
		int64_t last = inside ? id - 1 : id;

		if (first <= last && gaps++ < GapsMost)
			note_absent(s, first, last);
		else if (first <= last)
			more += last - first + 1;
		if (!inside || id == r->last)
			break;
		first = id + 1;
	}
	if (more)
		snapshot_note(s, "nor are %ld more of goroutines %ld-%ld there",
			      more, r->first, r->last);
}

void note_missing_ids(struct snapshot *s, const struct ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		note_gaps(s, &ids->items[i]);
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
