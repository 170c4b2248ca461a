/* SPDX-License-Identifier: BSD-2-Clause */
#include "render/objects.h"

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void render_findings(FILE *out, const struct snapshot *s)
{
	for (size_t i = 0; i < s->objects.findings.n; i++)
		fprintf(out, "%s\n", s->objects.findings.items[i]);
}

void render_check(FILE *out, const struct snapshot *s)
{
	size_t found = s->objects.findings.n;

	render_findings(out, s);
	fprintf(out,
		"%zu goroutine%s, %zu machine%s, %zu object%s, "
		"%zu deadline%s: ",
		s->goroutines.n, plural(s->goroutines.n), s->machines.n,
		plural(s->machines.n), s->objects.objects.n,
		plural(s->objects.objects.n), s->objects.timers.n,
		plural(s->objects.timers.n));
	if (found)
		fprintf(out, "%zu not as it must be\n", found);
	else if (s->objects.unlocked)
		fputs("all is well, but objects were just being changed\n",
		      out);
	else
		fputs("all is well\n", out);
}
