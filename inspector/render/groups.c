/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Groups: how many, which, what they do, and the stack if it is that which they
 * have in common. Ids are cut where the line ends, states after the most
 * frequent ones.
 */
#include <inttypes.h>
#include <string.h>

#include "render/render.h"

enum { Indent = 4, StatesShown = 8, RangeSize = 48 };

static const char More[] = ", ...";

static void count(FILE *out, size_t n, const char *what)
{
	fprintf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static int64_t id_of(const struct snapshot *s, const struct group *g, size_t i)
{
	return s->goroutines.items[s->members.items[g->members.first + i]].id;
}

/* How many of the members from number I on have ids without gaps. */
static size_t run(const struct snapshot *s, const struct group *g, size_t i)
{
	size_t n = 1;

	while (i + n < g->members.n
	       && id_of(s, g, i + n) == id_of(s, g, i + n - 1) + 1)
		n++;
	return n;
}

static void range(char text[RangeSize], const char *before, int64_t first,
		  size_t n)
{
	if (n == 1)
		snprintf(text, RangeSize, "%s%" PRId64, before, first);
	else
		snprintf(text, RangeSize, "%s%" PRId64 "%s%" PRId64, before,
			 first, n == 2 ? ", " : "-", first + (int64_t)n - 1);
}

static void ids(FILE *out, const struct snapshot *s, const struct group *g)
{
	int room = Columns - Indent;
	char text[RangeSize];

	fprintf(out, "%*s", Indent, "");
	for (size_t i = 0; i < g->members.n;) {
		size_t n = run(s, g, i);
		bool last = i + n == g->members.n;
		int width;

		range(text, i ? ", " : "", id_of(s, g, i), n);
		width = (int)strlen(text);
		if (width > room - (last ? 0 : (int)strlen(More))) {
			fputs(More, out);
			break;
		}
		fputs(text, out);
		room -= width;
		i += n;
	}
	fputc('\n', out);
}

static void waits(FILE *out, const struct group_state *state)
{
	char bytes[DurationSize], others[DurationSize];
	const char *least = render_duration(state->least, bytes);
	const char *longest = render_duration(state->longest, others);

	if (state->longest < 0)
		return;
	if (strcmp(least, longest) == 0)
		fprintf(out, ", %s", least);
	else
		fprintf(out, ", %s to %s", least, longest);
}

/* ALONE: all of the group do it. */
static void state(FILE *out, const struct group_state *state, bool alone)
{
	fprintf(out, "%*s", Indent, "");
	if (!alone)
		fprintf(out, "%zu ", state->n);
	fputs(state->state ? state->state : "others", out);
	if (*state->reason)
		fprintf(out, ", %s", state->reason);
	waits(out, state);
	fputc('\n', out);
}

static void states(FILE *out, const struct snapshot *s, const struct group *g)
{
	const struct group_state *all = s->states.items + g->states.first;
	size_t rest = 0;

	for (size_t i = 0; i < g->states.n; i++)
		if (i < StatesShown)
			state(out, &all[i], g->states.n == 1);
		else
			rest += all[i].n;
	if (rest)
		fprintf(out, "%*s%zu others\n", Indent, "", rest);
}

static void group(FILE *out, const struct snapshot *s, const struct group *g)
{
	fputc('\n', out);
	render_style(out, s, STYLE_HEAD);
	count(out, g->members.n, "goroutine");
	if (g->label)
		fprintf(out, ": %s", g->label);
	render_style(out, s, STYLE_END);
	fputc('\n', out);
	ids(out, s, g);
	states(out, s, g);
	render_lines(out, s, &g->lines, STACK_SEAMLESS);
	render_stop(out, s, g->stop);
}

void render_groups(FILE *out, const struct snapshot *s, const char *key)
{
	count(out, s->goroutines.n, "goroutine");
	fputs(" in ", out);
	count(out, s->groups.n, "group");
	fprintf(out, " by %s\n", key);
	for (size_t i = 0; i < s->groups.n; i++)
		group(out, s, &s->groups.items[i]);
}
