/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/render.h"
#include "util/scope.h"

/* How many columns that took. WIDTH: of a number of bytes. */
static int used(FILE *out, const struct segment *g, int width)
{
	int taken;

	if (addr_null(g->sp))
		taken = fprintf(out, "%*s", width, "-");
	else
		taken = fprintf(out, "%*" PRIu64, width,
				addr_span(g->sp, g->end));
	return taken
	       + fprintf(out, " of %*" PRIu64 " used  ", width,
			 addr_span(g->low, g->end));
}

/* Who grew, in the last ROOM columns of a line. */
static void origin(FILE *out, const struct snapshot *s, const struct segment *g,
		   int room)
{
	SCOPE(memory) char *grower = NULL;

	if (g->grown_by == NOBODY || g->grown_by == NONE) {
		fputs(g->grown_by == NOBODY ? "first\n" : "??\n", out);
		return;
	}
	grower = render_where(&s->locations.items[g->grown_by], room);
	fprintf(out, "%s\n", grower);
}

static void segment(FILE *out, const struct snapshot *s, size_t number,
		    const struct segment *g, int width)
{
	int taken = fprintf(out, "%3zu  0x%" PRIx64 "-0x%" PRIx64 "  ", number,
			    g->low.v, g->end.v);

	taken += used(out, g, width);
	origin(out, s, g, Columns - taken);
}

/* The width of the largest one's size. */
static int measure(const struct segment *segments, size_t n)
{
	uint64_t most = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t size = addr_span(segments[i].low, segments[i].end);

		if (most < size)
			most = size;
	}
	return snprintf(NULL, 0, "%" PRIu64, most);
}

static void stack(FILE *out, const struct snapshot *s,
		  const struct goroutine *g)
{
	const struct segment *segments = s->segments.items + g->segments.first;
	int width = measure(segments, g->segments.n);
	uint64_t kept = goroutine_kept(s, g);

	render_style(out, s, STYLE_HEAD);
	render_goroutine(out, g);
	fprintf(out, ": %" PRIu32 " segment%s, %" PRIu64 " bytes",
		g->segments.n, g->segments.n == 1 ? "" : "s", g->bytes);
	if (kept)
		fprintf(out, ", %" PRIu64 " of them kept", kept);
	render_style(out, s, STYLE_END);
	fputc('\n', out);
	for (size_t i = 0; i < g->segments.n; i++)
		segment(out, s, g->segments.n - i, &segments[i], width);
}

void render_segments(FILE *out, const struct snapshot *s)
{
	for (size_t i = 0; i < s->goroutines.n; i++) {
		if (i > 0)
			fputc('\n', out);
		stack(out, s, &s->goroutines.items[i]);
	}
}
