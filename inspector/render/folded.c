/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups as folded stacks: a line for each, functions from the outermost to the
 * innermost with `;` between them, a blank, and how many goroutines there are.
 */
#include <inttypes.h>

#include "render/render.h"

/* What is left out stands farther in than the line that says so. */
static void line(FILE *out, const struct snapshot *s, const struct line *l)
{
	fputs(s->locations.items[l->location].function, out);
	if (l->omitted)
		fputs(";...", out);
}

static void stack(FILE *out, const struct snapshot *s, const struct group *g)
{
	const struct line *lines = s->lines.items + g->lines.first;

	for (size_t i = g->lines.n; i-- > 0;) {
		line(out, s, &lines[i]);
		if (i > 0)
			fputc(';', out);
	}
	if (g->lines.n == 0)
		fputs("??", out);
	fprintf(out, " %" PRIu32 "\n", g->members.n);
}

void render_folded(FILE *out, const struct snapshot *s)
{
	for (size_t i = 0; i < s->groups.n; i++)
		stack(out, s, &s->groups.items[i]);
}
