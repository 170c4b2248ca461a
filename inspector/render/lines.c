/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of a stack. A recursion that overflows its stack makes a million of
 * them: of many that are the same again and again the first are shown, and how
 * many more there are.
 */
#include <inttypes.h>

#include "render/render.h"

/*
 * Such a run is one of RunLeast lines or more, in which each is as the one
 * PERIOD lines before it, PeriodMost at most: functions that call each other.
 * About RunShown lines of it are shown.
 */
enum { RunLeast = 100, PeriodMost = 8, RunShown = 10 };

struct run {
	size_t period; /* 0: it is none */
	size_t n;
};

void render_place(FILE *out, const struct location *l)
{
	char digits[DigitsSize];

	fputs_unlocked(l->function, out);
	if (!l->file)
		return;
	fputs_unlocked(" at ", out);
	fputs_unlocked(l->file, out);
	putc_unlocked(':', out);
	fputs_unlocked(render_signed(l->line, digits), out);
}

/* How a frame was found, if that makes it doubtful. */
static const char *doubt(const struct frame *f)
{
	switch (f->source) {
	case SOURCE_FRAME_POINTER:
		return " (by the frame pointer)";
	case SOURCE_STACK_TOP:
		return " (by the word at sp)";
	default:
		return "";
	}
}

static void seam(FILE *out, const struct snapshot *s)
{
	fputs("    ", out);
	render_style(out, s, STYLE_QUIET);
	fputs("-- seam --", out);
	render_style(out, s, STYLE_END);
	fputc('\n', out);
}

void render_line(FILE *out, const struct snapshot *s, size_t number,
		 const struct line *l, enum stack_detail detail)
{
	const struct location *location = &s->locations.items[l->location];
	const struct frame *f = NULL;

	if (l->frame != NONE && detail != STACK_SEAMLESS)
		f = &s->frames.items[l->frame];
	if (l->omitted)
		fprintf(out, "    -- %" PRIu32 " frames are left out --\n",
			l->omitted);
	if (l->seam && detail != STACK_SEAMLESS)
		seam(out, s);
	fprintf(out, "#%-2zu ", number);
	if (f && detail == STACK_RAW)
		fprintf(out, "0x%016" PRIx64 " in ", f->pc.v);
	render_place(out, location);
	if (location->inlined)
		fputs(" (inlined)", out);
	if (l->entry)
		fputs(" (entry)", out);
	fprintf(out, "%s\n", f ? doubt(f) : "");
}

/* How many lines of L, which are N, are as those PERIOD before them. */
static size_t run_length(const struct line *l, size_t n, size_t period)
{
	size_t i = period;

	while (i < n && l[i].location == l[i - period].location
	       && !l[i].omitted)
		i++;
	return i;
}

/* The run that L begins with. */
static struct run find_run(const struct line *l, size_t n)
{
	for (size_t period = 1; period <= PeriodMost && period < n; period++) {
		size_t length = run_length(l, n, period);

		if (length >= RunLeast)
			return (struct run){ period, length };
	}
	return (struct run){ 0, 0 };
}

/* How many lines a run is shown by: whole periods. */
static size_t run_shown(const struct run *run)
{
	size_t shown = RunShown - RunShown % run->period;

	return shown ? shown : run->period;
}

/* Of the N lines L of a run. */
static void more(FILE *out, const struct line *l, size_t n,
		 const struct run *run, enum stack_detail detail)
{
	size_t seams = 0;

	for (size_t i = 0; i < n; i++)
		seams += l[i].seam;
	fprintf(out, "    ... %zu more frames like ", n);
	if (run->period == 1)
		fputs("this", out);
	else
		fprintf(out, "these %zu", run->period);
	if (seams && detail != STACK_SEAMLESS)
		fprintf(out, ", %zu seam%s", seams, seams == 1 ? "" : "s");
	fputc('\n', out);
}

/* How many frames the N lines L are. */
static size_t count(const struct line *l, size_t n)
{
	size_t frames = n;

	for (size_t i = 0; i < n; i++)
		frames += l[i].omitted;
	return frames;
}

size_t render_most(const struct snapshot *s)
{
	return s->lines_most ? s->lines_most : SIZE_MAX;
}

void render_rest(FILE *out, const struct line *l, size_t n)
{
	size_t frames = count(l, n);

	fprintf(out, "    ... %zu more frame%s\n", frames,
		frames == 1 ? "" : "s");
}

/* Where the next lines of a stack are to be folded, [from, end). */
struct fold {
	struct run run;
	size_t from;
	size_t end;
};

/* What comes of it from line I of N on. */
static void look_for_run(struct fold *f, const struct line *l, size_t i,
			 size_t n)
{
	if (i < f->end)
		return;
	f->run = find_run(l + i, n - i);
	f->from = f->run.period ? i + run_shown(&f->run) : n;
	f->end = f->run.period ? i + f->run.n : i + 1;
}

void render_lines(FILE *out, const struct snapshot *s, const struct span *span,
		  enum stack_detail detail)
{
	const struct line *l = s->lines.items + span->first;
	size_t most = render_most(s);
	struct fold fold = { .from = span->n };
	size_t number = 0;

	for (size_t i = 0, shown = 0; i < span->n; shown++) {
		if (shown == most) {
			render_rest(out, l + i, span->n - i);
			return;
		}
		if (detail != STACK_RAW)
			look_for_run(&fold, l, i, span->n);
		if (i == fold.from) {
			more(out, l + i, fold.end - i, &fold.run, detail);
			number += fold.end - i;
			i = fold.end;
			continue;
		}
		number += l[i].omitted;
		render_line(out, s, number++, &l[i++], detail);
	}
}

void render_stop(FILE *out, const struct snapshot *s, const char *why)
{
	if (!why)
		return;
	fputs("    ", out);
	render_style(out, s, STYLE_TROUBLE);
	fprintf(out, "the trace stops here: %s", why);
	render_style(out, s, STYLE_END);
	fputc('\n', out);
}
