/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/objects.h"

static void timer(FILE *out, const struct snapshot *s, const struct timer *t)
{
	render_left_time(out, s, t->when);
	fputs(": ", out);
	if (t->party != NONE)
		render_dated_party(out, s, t->party);
	else
		fputs("nobody that lives", out);
	putc('\n', out);
}

/* Threads wait for their own deadlines, which the runtime does not list. */
static void threads(FILE *out, const struct snapshot *s)
{
	for (uint32_t i = s->goroutines.n; i < s->objects.parties.n; i++) {
		const struct party *p = &s->objects.parties.items[i];

		if (!p->waiting || !p->timed)
			continue;
		fputs("with a deadline: ", out);
		render_dated_party(out, s, i);
		putc('\n', out);
	}
}

void render_timers(FILE *out, const struct snapshot *s)
{
	size_t n = s->objects.timers.n, stale = 0;
	const struct timer *all = s->objects.timers.items;

	for (size_t i = 0; i < n; i++)
		stale += all[i].stale;
	fprintf(out, "%zu deadline%s", n - stale, n - stale == 1 ? "" : "s");
	if (stale)
		fprintf(out, ", and %zu of waits that are over", stale);
	putc('\n', out);
	for (size_t i = 0; i < n; i++)
		if (!all[i].stale)
			timer(out, s, &all[i]);
	threads(out, s);
}
