/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table that is never cut: a value longer than its column pushes the rest of
 * its line to the right.
 */
#include <inttypes.h>

#include "render/render.h"
#include "util/scope.h"

/* The two columns in front are for a mark, which gdb uses. */
static const char Header[] = "  %-5s %-9s %-16s %6s  %-28s %4s %8s  %s\n";
static const char Row[] =
	"  %-5" PRId64 " %-9s %-16s %6s  %-28s %4zu %8" PRIu64 "  %s\n";

enum { ReasonSize = 32, WhereSize = 512 };

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

static void row(FILE *out, const struct snapshot *s, const struct goroutine *g)
{
	char why[ReasonSize], since[DurationSize], at[WhereSize];

	fprintf(out, Row, g->id, g->state, reason(g, why),
		render_duration(g->waited, since), where(s, g, at),
		g->segments.n, g->bytes, *g->name ? g->name : "-");
}

void render_list(FILE *out, const struct snapshot *s)
{
	fprintf(out, Header, "ID", "STATE", "REASON", "SINCE", "WHERE", "SEGS",
		"BYTES", "NAME");
	for (size_t i = 0; i < s->goroutines.n; i++)
		row(out, s, &s->goroutines.items[i]);
}
