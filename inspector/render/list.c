/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table that, where it can be, fits 80 columns: most of its columns are as
 * wide as what stands in them.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "render/render.h"
#include "util/scope.h"

/* The two columns in front are for a mark, which gdb uses. */
static const char Header[] = "  %-*s %-8s %-*s %6s  %-*s %4s %*s  %s";

/* Of columns, and of what is always between them. ReasonWidth: at the least.
 * Where: as much as is left of a line, but one long name must not spread the
 * whole table. */
enum { StateWidth = 8, ReasonWidth = 14, SinceWidth = 6, SegmentsWidth = 4 };
enum { WhereMost = 40 };
/* Where it cannot fit with WhereLeast, less is left out. */
enum { WhereLeast = 24, WhereAnyway = 28 };
enum { Fixed = StateWidth + SinceWidth + SegmentsWidth + 11, ReasonSize = 32 };

struct widths {
	int id;
	int reason;
	int where;
	int bytes;
	int name;
};

/* What stands in a column: what many rows have in common is measured once. */
struct word {
	const char *text;
	size_t bytes;
	int width;
};

static struct word word_of(const char *text)
{
	return (struct word){ text, strlen(text), render_width(text) };
}

static const struct word none = { "-", 1, 1 }, nothing = { "", 0, 0 },
			 line_end = { "\n", 1, 0 };

/* The word for TEXT, which often was the LAST. */
static struct word same_or_word_of(const char *text, struct word *last)
{
	if (text != last->text)
		*last = word_of(text);
	return *last;
}

static struct word reason(const struct goroutine *g, char buf[ReasonSize],
			  struct word *last)
{
	if (*g->reason)
		return same_or_word_of(g->reason, last);
	if (!g->running || g->thread == 0)
		return none;
	snprintf(buf, ReasonSize, "thread %" PRId32, g->thread);
	return word_of(buf);
}

/* Where goroutines are: the text of each location, made when it is needed. */
struct wheres {
	const struct snapshot *s;
	struct word *words; /* by location; their texts are ours; NULL: not yet
			     */
	int most;	    /* there is room for so much of each */
	int widest;	    /* of those that were made */
};

static void wheres_scope(struct wheres *w)
{
	for (size_t i = 0; i < w->s->locations.n; i++)
		free((char *)w->words[i].text);
	free(w->words);
}

static void widen(int *width, int wanted)
{
	if (*width < wanted)
		*width = wanted;
}

static struct word where(struct wheres *w, const struct goroutine *g)
{
	struct word *word;

	if (g->where == NONE)
		return none;
	word = &w->words[g->where];
	if (!word->text) {
		*word = word_of(render_where(&w->s->locations.items[g->where],
					     w->most));
		widen(&w->widest, word->width);
	}
	return *word;
}

/* Many have the same reason. */
static int widest_reason(const struct snapshot *s)
{
	const char *last = NULL;
	int widest = ReasonWidth;

	for (size_t i = 0; i < s->goroutines.n; i++) {
		const char *its = s->goroutines.items[i].reason;

		if (its != last)
			widen(&widest, render_width(its));
		last = its;
	}
	return widest;
}

/* All but where they are. */
static struct widths measure_others(const struct snapshot *s)
{
	struct widths w = { .id = strlen("ID"),
			    .reason = widest_reason(s),
			    .where = strlen("WHERE"),
			    .bytes = strlen("BYTES"),
			    .name = strlen("NAME") };
	int64_t least = 0, most = 0;
	uint64_t bytes = 0;

	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		if (g->id < least)
			least = g->id;
		if (g->id > most)
			most = g->id;
		if (g->bytes > bytes)
			bytes = g->bytes;
		if (*g->name)
			widen(&w.name, render_width(g->name));
	}
	widen(&w.id, snprintf(NULL, 0, "%" PRId64, least));
	widen(&w.id, snprintf(NULL, 0, "%" PRId64, most));
	widen(&w.bytes, snprintf(NULL, 0, "%" PRIu64, bytes));
	return w;
}

static struct widths measure(const struct snapshot *s, struct wheres *all)
{
	struct widths w = measure_others(s);

	all->most = Columns - Fixed - w.id - w.reason - w.bytes - w.name;
	if (all->most > WhereMost)
		all->most = WhereMost;
	if (all->most < WhereLeast)
		all->most = WhereAnyway;
	for (size_t i = 0; i < s->goroutines.n; i++)
		where(all, &s->goroutines.items[i]);
	widen(&w.where, all->widest);
	return w;
}

/* A line, put together in one piece: there may be a million. */
struct row {
	ARRAY(char);
	struct word state; /* of the line before */
	struct word reason;
};

static void row_scope(struct row *r)
{
	free(r->items);
}

/* Where N more bytes go. */
static char *room_for(struct row *r, size_t n)
{
	if (r->room - r->n < n)
		r->items = array_reserve(r->items, &r->room, r->n + n, 1);
	return r->items + r->n;
}

enum side { LEFT, RIGHT };

/* WORD on a SIDE of a column of WIDTH, and BEHIND blanks. One that is longer is
 * not cut. */
static void cell(struct row *r, enum side side, struct word word, int width,
		 int behind)
{
	int rest = width - word.width;
	size_t blanks = rest > 0 ? rest : 0, all = word.bytes + blanks + behind;
	char *to = room_for(r, all);

	memset(to, ' ', all);
	memcpy(side == LEFT ? to : to + blanks, word.text, word.bytes);
	r->n += all;
}

static void fill_row(struct row *r, struct wheres *all,
		     const struct goroutine *g, const struct widths *w)
{
	char why[ReasonSize], since[DurationSize], digits[DigitsSize];

	r->n = 0;
	cell(r, LEFT, nothing, 0, 2);
	cell(r, LEFT, word_of(render_signed(g->id, digits)), w->id, 1);
	cell(r, LEFT, same_or_word_of(g->state, &r->state), StateWidth, 1);
	cell(r, LEFT, reason(g, why, &r->reason), w->reason, 1);
	cell(r, RIGHT, word_of(render_duration(g->waited, since)), SinceWidth,
	     2);
	cell(r, LEFT, where(all, g), w->where, 1);
	cell(r, RIGHT, word_of(render_unsigned(g->segments.n, digits)),
	     SegmentsWidth, 1);
	cell(r, RIGHT, word_of(render_unsigned(g->bytes, digits)), w->bytes, 2);
	cell(r, LEFT, *g->name ? word_of(g->name) : none, 0, 0);
	cell(r, LEFT, line_end, 0, 0);
}

/* Anybody of whom it would be told since when. */
static bool any_waits(const struct snapshot *s)
{
	for (size_t i = 0; i < s->goroutines.n; i++)
		if (s->goroutines.items[i].waiting
		    && (s->now ? s->goroutines.items[i].waited >= 0
			       : s->since_noted))
			return true;
	return false;
}

void render_since(FILE *out, const struct snapshot *s)
{
	if (!s->clock_read || (s->now && !s->now_is_past) || !any_waits(s))
		return;
	fputs(s->now ? "SINCE counts up to when the program last read its "
		       "clock: it may be longer\n\n"
		     : "SINCE is not known: the program has read its clock "
		       "once, or that is damaged\n\n",
	      out);
}

void render_times(FILE *out, const struct snapshot *s)
{
	if (s->now && s->now_is_past && any_waits(s))
		fputs("times count up to when the program last read its clock: "
		      "they may be longer\n\n",
		      out);
}

void render_list(FILE *out, const struct snapshot *s)
{
	SCOPE(wheres)
	struct wheres all = {
		.s = s, .words = array_new(s->locations.n, sizeof(struct word))
	};
	const struct widths w = measure(s, &all);
	SCOPE(row) struct row row = { 0 };

	render_style(out, s, STYLE_HEAD);
	fprintf(out, Header, w.id, "ID", "STATE", w.reason, "REASON", "SINCE",
		w.where, "WHERE", "SEGS", w.bytes, "BYTES", "NAME");
	render_style(out, s, STYLE_END);
	fputc('\n', out);
	for (size_t i = 0; i < s->goroutines.n; i++) {
		fill_row(&row, &all, &s->goroutines.items[i], &w);
		fwrite_unlocked(row.items, 1, row.n, out);
	}
}
