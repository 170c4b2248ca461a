/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdlib.h>

#include "render/render.h"
#include "util/map.h"
#include "util/scope.h"

static void comma(FILE *out, const char *text)
{
	fputs_unlocked(", ", out);
	fputs_unlocked(text, out);
}

/* What a goroutine does, in brackets. */
static void header(FILE *out, const struct goroutine *g)
{
	char since[DurationSize], digits[DigitsSize];

	render_style(out, STYLE_HEAD);
	render_goroutine(out, g);
	fputs_unlocked(" [", out);
	fputs_unlocked(g->state, out);
	if (g->running && g->thread) {
		comma(out, "thread ");
		fputs_unlocked(render_signed(g->thread, digits), out);
	}
	if (*g->reason)
		comma(out, g->reason);
	if (!addr_null(g->object)) {
		putc_unlocked(' ', out);
		fputs_unlocked(render_address(g->object, digits), out);
	}
	if (g->waited >= 0)
		comma(out, render_duration(g->waited, since));
	fputs_unlocked("]:", out);
	render_style(out, STYLE_END);
	putc_unlocked('\n', out);
}

/* The text of lines that goroutines share, by where these begin. */
struct texts {
	struct map index;
	struct {
		ARRAY(struct text {
			char *bytes;
			size_t n;
		});
	} all;
};

static void texts_scope(struct texts *t)
{
	for (size_t i = 0; i < t->all.n; i++)
		free(t->all.items[i].bytes);
	free(t->all.items);
	map_free(&t->index);
}

static struct text make_text(const struct snapshot *s, const struct span *span,
			     enum stack_detail detail)
{
	struct text text = { NULL, 0 };
	FILE *out = open_memstream(&text.bytes, &text.n);

	if (!out)
		out_of_memory();
	render_lines(out, s, span, detail);
	if (fclose(out) != 0)
		out_of_memory();
	return text;
}

static void lines_once(FILE *out, const struct snapshot *s,
		       const struct span *span, enum stack_detail detail,
		       struct texts *texts)
{
	const struct text *text;

	if (span->n == 0)
		return;
	if (map_put(&texts->index, span->first, texts->all.n))
		*ARRAY_PUSH(&texts->all) = make_text(s, span, detail);
	text = &texts->all.items[*map_get(&texts->index, span->first)];
	fwrite_unlocked(text->bytes, 1, text->n, out);
}

/* Lines with what is told of them besides, which goroutines do not share. */
static void detailed_lines(FILE *out, const struct snapshot *s,
			   const struct span *span, enum stack_detail detail,
			   const struct detail *d)
{
	const struct line *l = s->lines.items + span->first;
	size_t number = 0;
	uint32_t next = 0;

	render_registers(out, s, d->registers);
	for (uint32_t i = 0; i < span->n; i++) {
		if (i == render_most(s)) {
			render_rest(out, l + i, span->n - i);
			return;
		}
		number += l[i].omitted;
		render_line(out, s, number++, &l[i], detail);
		render_variables(out, s, d, i, &next);
	}
}

static void stack(FILE *out, const struct snapshot *s,
		  const struct goroutine *g, enum stack_detail detail,
		  struct texts *texts)
{
	header(out, g);
	if (s->details.n)
		detailed_lines(out, s, &g->lines, detail,
			       &s->details.items[g - s->goroutines.items]);
	else
		lines_once(out, s, &g->lines, detail, texts);
	render_stop(out, g->stop);
	if (g->created_by != NONE) {
		fputs("    created by ", out);
		render_place(out, &s->locations.items[g->created_by]);
		fputc('\n', out);
	}
}

void render_stack(FILE *out, const struct snapshot *s,
		  const struct goroutine *g, enum stack_detail detail)
{
	SCOPE(texts) struct texts texts = { 0 };

	stack(out, s, g, detail, &texts);
}

void render_stacks(FILE *out, const struct snapshot *s,
		   enum stack_detail detail)
{
	SCOPE(texts) struct texts texts = { 0 };

	for (size_t i = 0; i < s->goroutines.n; i++) {
		if (i > 0)
			fputc('\n', out);
		stack(out, s, &s->goroutines.items[i], detail, &texts);
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
	render_registers(out, s, t->registers);
	render_lines(out, s, &t->lines, STACK_RAW);
	render_stop(out, t->stop);
}

void render_threads(FILE *out, const struct snapshot *s)
{
	for (size_t i = 0; i < s->threads.n; i++)
		thread(out, s, &s->threads.items[i]);
}
