/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/render.h"

static void used(FILE *out, const struct segment *g)
{
	if (addr_null(g->sp))
		fprintf(out, " %8s used  ", "-");
	else
		fprintf(out, " %8" PRIu64 " used  ", addr_span(g->sp, g->end));
}

static void origin(FILE *out, const struct snapshot *s, const struct segment *g)
{
	const struct location *l;

	if (g->grown_by == NONE) {
		fputs("first\n", out);
		return;
	}
	l = &s->locations.items[g->grown_by];
	fprintf(out, "%s grew", l->function);
	if (l->file)
		fprintf(out, " at %s:%d", l->file, l->line);
	fputc('\n', out);
}

static void segment(FILE *out, const struct snapshot *s, size_t number,
		    const struct segment *g)
{
	fprintf(out, "%3zu  0x%" PRIx64 "-0x%" PRIx64 " %8" PRIu64 " bytes",
		number, g->low.v, g->end.v, addr_span(g->low, g->end));
	used(out, g);
	origin(out, s, g);
}

static void stack(FILE *out, const struct snapshot *s,
		  const struct goroutine *g)
{
	render_goroutine(out, g);
	fprintf(out, ": %zu segment%s, %" PRIu64 " bytes\n", g->segments.n,
		g->segments.n == 1 ? "" : "s", g->bytes);
	for (size_t i = 0; i < g->segments.n; i++)
		segment(out, s, g->segments.n - i,
			&s->segments.items[g->segments.first + i]);
}

void render_segments(FILE *out, const struct snapshot *s)
{
	for (size_t i = 0; i < s->goroutines.n; i++) {
		if (i > 0)
			fputc('\n', out);
		stack(out, s, &s->goroutines.items[i]);
	}
}
