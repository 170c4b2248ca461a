/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/render.h"

/* WIDTH: of a number of bytes. */
static void used(FILE *out, const struct segment *g, int width)
{
	if (addr_null(g->sp))
		fprintf(out, "%*s", width, "-");
	else
		fprintf(out, "%*" PRIu64, width, addr_span(g->sp, g->end));
	fprintf(out, " of %*" PRIu64 " used  ", width,
		addr_span(g->low, g->end));
}

static void origin(FILE *out, const struct snapshot *s, const struct segment *g)
{
	const struct location *l;

	if (g->grown_by == NOBODY) {
		fputs("first\n", out);
		return;
	}
	if (g->grown_by == NONE) {
		fputs("?? grew\n", out);
		return;
	}
	l = &s->locations.items[g->grown_by];
	fprintf(out, "%s grew", l->function);
	if (l->file)
		fprintf(out, " at %s:%d", l->file, l->line);
	fputc('\n', out);
}

static void segment(FILE *out, const struct snapshot *s, size_t number,
		    const struct segment *g, int width)
{
	fprintf(out, "%3zu  0x%" PRIx64 "-0x%" PRIx64 "  ", number, g->low.v,
		g->end.v);
	used(out, g, width);
	origin(out, s, g);
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
		fprintf(out, ", %" PRIu64 " of them kept behind the newest",
			kept);
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
