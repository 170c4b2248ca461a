/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table that is never cut and, where it can be, fits 80 columns: some of its
 * columns are as wide as what stands in them. A value longer than its column
 * pushes the rest of its line to the right.
 */
#include <inttypes.h>
#include <string.h>

#include "render/render.h"
#include "util/scope.h"

/* The two columns in front are for a mark, which gdb uses. */
static const char Header[] = "  %-*s %-8s %-14s %6s  %-*s %4s %*s  %s\n";
static const char Row[] =
	"  %-*" PRId64 " %-8s %-14s %6s  %-*s %4zu %*" PRIu64 "  %s\n";

/* WhereMost: one long name must not spread the whole table. */
enum { ReasonSize = 32, WhereSize = 512, WhereMost = 40 };

struct widths {
	int id;
	int where;
	int bytes;
};

static const char *reason(const struct goroutine *g, char buf[ReasonSize])
{
	if (*g->reason)
		return g->reason;
	if (!g->running || g->thread == 0)
		return "-";
	snprintf(buf, ReasonSize, "thread %" PRId32, g->thread);
	return buf;
}

static const char *where(const struct snapshot *s, const struct goroutine *g,
			 char buf[WhereSize])
{
	const struct location *l;

	if (g->where == NONE)
		return "-";
	l = &s->locations.items[g->where];
	if (!l->file)
		return l->function;
	snprintf(buf, WhereSize, "%s %s:%d", l->function, l->file, l->line);
	return buf;
}

static void widen(int *width, int wanted)
{
	if (*width < wanted)
		*width = wanted;
}

static struct widths measure(const struct snapshot *s)
{
	struct widths w = { strlen("ID"), strlen("WHERE"), strlen("BYTES") };
	char at[WhereSize];

	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		widen(&w.id, snprintf(NULL, 0, "%" PRId64, g->id));
		widen(&w.where, strnlen(where(s, g, at), WhereMost));
		widen(&w.bytes, snprintf(NULL, 0, "%" PRIu64, g->bytes));
	}
	return w;
}

static void row(FILE *out, const struct snapshot *s, const struct goroutine *g,
		const struct widths *w)
{
	char why[ReasonSize], since[DurationSize], at[WhereSize];

	fprintf(out, Row, w->id, g->id, g->state, reason(g, why),
		render_duration(g->waited, since), w->where, where(s, g, at),
		g->segments.n, w->bytes, g->bytes, *g->name ? g->name : "-");
}

void render_list(FILE *out, const struct snapshot *s)
{
	const struct widths w = measure(s);

	fprintf(out, Header, w.id, "ID", "STATE", "REASON", "SINCE", w.where,
		"WHERE", "SEGS", w.bytes, "BYTES", "NAME");
	for (size_t i = 0; i < s->goroutines.n; i++)
		row(out, s, &s->goroutines.items[i], &w);
}
