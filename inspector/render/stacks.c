/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/render.h"

/* What a goroutine does, in brackets. */
static void header(FILE *out, const struct goroutine *g)
{
	char since[DurationSize];

	render_goroutine(out, g);
	fprintf(out, " [%s", g->state);
	if (g->running && g->thread)
		fprintf(out, ", thread %" PRId32, g->thread);
	if (*g->reason)
		fprintf(out, ", %s", g->reason);
	if (!addr_null(g->object))
		fprintf(out, " 0x%" PRIx64, g->object.v);
	if (g->waited >= 0)
		fprintf(out, ", %s", render_duration(g->waited, since));
	fputs("]:\n", out);
}

static void place(FILE *out, const struct location *l)
{
	fputs(l->function, out);
	if (l->file)
		fprintf(out, " at %s:%d", l->file, l->line);
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

static void line(FILE *out, const struct snapshot *s, size_t number,
		 const struct line *l, enum stack_detail detail)
{
	const struct location *location = &s->locations.items[l->location];
	const struct frame *f = NULL;

	if (detail == STACK_RAW && l->frame != NONE)
		f = &s->frames.items[l->frame];
	if (l->omitted)
		fprintf(out, "    -- %" PRIu32 " frames are left out --\n",
			l->omitted);
	if (l->seam)
		fputs("    -- seam --\n", out);
	fprintf(out, "#%-2zu ", number);
	if (f)
		fprintf(out, "0x%016" PRIx64 " in ", f->pc.v);
	place(out, location);
	if (location->inlined)
		fputs(" (inlined)", out);
	if (l->entry)
		fputs(" (entry)", out);
	fprintf(out, "%s\n", f ? doubt(f) : "");
}

static void lines(FILE *out, const struct snapshot *s, const struct span *span,
		  enum stack_detail detail)
{
	const struct line *l = s->lines.items + span->first;
	size_t number = 0;

	for (size_t i = 0; i < span->n; i++) {
		number += l[i].omitted;
		line(out, s, number++, &l[i], detail);
	}
}

static void stop(FILE *out, const char *why)
{
	if (why)
		fprintf(out, "    the trace stops here: %s\n", why);
}

static void stack(FILE *out, const struct snapshot *s,
		  const struct goroutine *g, enum stack_detail detail)
{
	header(out, g);
	lines(out, s, &g->lines, detail);
	stop(out, g->stop);
	if (g->created_by != NONE) {
		fputs("    created by ", out);
		place(out, &s->locations.items[g->created_by]);
		fputc('\n', out);
	}
}

void render_stacks(FILE *out, const struct snapshot *s,
		   enum stack_detail detail)
{
	for (size_t i = 0; i < s->goroutines.n; i++) {
		if (i > 0)
			fputc('\n', out);
		stack(out, s, &s->goroutines.items[i], detail);
	}
}

static void thread(FILE *out, const struct snapshot *s,
		   const struct thread_stack *t)
{
	fprintf(out, "\nthread %" PRId32, t->thread);
	if (t->machine >= 0)
		fprintf(out, ", machine %" PRId64, t->machine);
	if (t->goroutine) {
		fprintf(out, ": runs goroutine %" PRId64 "\n", t->goroutine);
		return;
	}
	fputs(":\n", out);
	lines(out, s, &t->lines, STACK_RAW);
	stop(out, t->stop);
}

void render_threads(FILE *out, const struct snapshot *s)
{
	for (size_t i = 0; i < s->threads.n; i++)
		thread(out, s, &s->threads.items[i]);
}
