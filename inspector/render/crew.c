/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/objects.h"

static void machine(FILE *out, const struct snapshot *s, const struct crew *c)
{
	if (c->machine < 0) {
		if (c->party == NONE)
			fputs("none of the runtime's", out);
		else
			render_party(out, s, c->party);
		return;
	}
	fprintf(out, "machine %" PRId64 ", ", c->machine);
	if (c->party != NONE) {
		fputs("runs ", out);
		render_party_name(out, s, c->party);
	} else if (c->last) {
		fprintf(out, "runs nothing; last goroutine %" PRId64, c->last);
	} else {
		fputs("runs nothing", out);
	}
}

static void call(FILE *out, const struct crew *c)
{
	if (!c->registers)
		fputs("; its registers are not known", out);
	else if (c->call < 0)
		fputs("; in no system call", out);
	else if (c->call_restarted)
		fputs("; in a restarted call", out);
	else if (c->call_name)
		fprintf(out, "; in %s", c->call_name);
	else
		fprintf(out, "; in system call %" PRId64, c->call);
}

void render_crew(FILE *out, const struct snapshot *s)
{
	for (size_t i = 0; i < s->crew.n; i++) {
		const struct crew *c = &s->crew.items[i];

		if (c->thread)
			fprintf(out, "thread %" PRId32 ": ", c->thread);
		else
			fputs("no thread: ", out);
		machine(out, s, c);
		if (c->thread)
			call(out, c);
		putc('\n', out);
	}
}
