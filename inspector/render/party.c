/* SPDX-License-Identifier: BSD-2-Clause */
#include "render/objects.h"

void render_party_name(FILE *out, const struct snapshot *s, uint32_t i)
{
	const struct party *p = &s->objects.parties.items[i];

	if (i < s->goroutines.n)
		render_goroutine(out, &s->goroutines.items[i]);
	else
		fputs(p->thread_name, out);
}

void render_left_time(FILE *out, const struct snapshot *s, int64_t deadline)
{
	char time[DurationSize];
	int64_t left;

	if (!s->now || __builtin_sub_overflow(deadline, s->now, &left))
		fputs("with a deadline", out);
	else if (left >= 0)
		fprintf(out, "%s left", render_duration(left, time));
	else if (left == INT64_MIN)
		fputs("overdue", out);
	else
		fprintf(out, "%s overdue", render_duration(-left, time));
}

static void does(FILE *out, const struct snapshot *s, uint32_t i)
{
	const struct party *p = &s->objects.parties.items[i];

	if (p->waiting)
		fputs(p->reason, out);
	else if (i < s->goroutines.n)
		fputs(s->goroutines.items[i].state, out);
	else
		fputs("outside", out);
}

/* As far as its deadline. */
static void begin(FILE *out, const struct snapshot *s, uint32_t i)
{
	const struct party *p = &s->objects.parties.items[i];
	char time[DurationSize];

	render_party_name(out, s, i);
	fputs(" [", out);
	does(out, s, i);
	if (p->waiting && p->waited >= 0)
		fprintf(out, ", %s", render_duration(p->waited, time));
}

static void end(FILE *out, const struct party *p)
{
	if (p->waiting && p->claimed)
		fputs(", about to go on", out);
	putc(']', out);
}

void render_party(FILE *out, const struct snapshot *s, uint32_t i)
{
	const struct party *p = &s->objects.parties.items[i];

	begin(out, s, i);
	if (p->waiting && p->dated) {
		fputs(", ", out);
		render_left_time(out, s, p->deadline);
	} else if (p->waiting && p->timed) {
		fputs(", with a deadline", out);
	}
	end(out, p);
}

void render_dated_party(FILE *out, const struct snapshot *s, uint32_t i)
{
	begin(out, s, i);
	end(out, &s->objects.parties.items[i]);
}
