/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seam - the goroutines of a process or a core. The stages, left to right:
 *
 *	target -> layout -> model -> unwind -> symbol -> analyse -> render
 *
 * A live target is stopped for a part of one of them only, the model: files are
 * read before it, and so is what waits; all that comes after works on the copy.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/analyse.h"
#include "layout/layout.h"
#include "layout/program.h"
#include "model/collect.h"
#include "options.h"
#include "render/render.h"
#include "symbol/symbol.h"
#include "target/target.h"
#include "unwind/unwind.h"
#include "util/clean.h"
#include "util/scope.h"

/* layout/runtimes/seam.rt, linked in. */
extern const char _binary_seam_rt_start[];
extern const char _binary_seam_rt_end[];

enum { OutputBuffer = 1 << 20 };

static void complain(const char *text)
{
	SCOPE(memory) char *clean = clean_text(text, SIZE_MAX);

	fprintf(stderr, "seam: %s\n", clean);
}

static struct error *open_target(const struct options *o, struct target **ret)
{
	if (o->pid)
		return target_open_live(o->pid, ret);
	return target_open_core(o->core, o->exe, ret);
}

static bool wants_stacks(const struct options *o)
{
	return o->command == COMMAND_STACKS
	       || (o->command == COMMAND_GROUPS && o->by == BY_STACK);
}

/* A live target stands still for collect() only. */
static struct error *take_snapshot(struct target *t, const struct layout *l,
				   const struct options *o,
				   struct snapshot **ret)
{
	SCOPE(collection)
	struct collection *c = collection_new(
		t, l, &o->ids, wants_stacks(o) ? COLLECT_STACKS : COLLECT_TOPS);
	struct error *e;

	if (o->pid)
		collect_early(c);
	e = target_stop(t);
	if (e)
		return e;
	e = collect(c);
	target_resume(t);
	if (o->time)
		fprintf(stderr, "seam: %s was stopped for %.1f ms\n",
			t->subject, t->stopped_ns / 1e6);
	if (!e)
		*ret = collect_finish(c);
	return e;
}

static void answer_list(struct unwinder *u, struct symbols *symbols)
{
	unwind_goroutines(u, UNWIND_TO_USER_CODE);
	symbols_name_frames(symbols);
	locate_goroutines(symbols);
	render_list(stdout, u->snapshot);
}

static void answer_stacks(struct unwinder *u, struct symbols *symbols,
			  const struct options *o)
{
	struct snapshot *s = u->snapshot;

	unwind_goroutines(u, UNWIND_ALL);
	if (o->threads)
		unwind_threads(u);
	symbols_name_frames(symbols);
	symbols_name_creators(symbols);
	if (o->raw)
		list_frames(s);
	else
		fold_stacks(symbols);
	list_thread_frames(s);
	render_stacks(stdout, s, o->raw ? STACK_RAW : STACK_PLAIN);
	render_threads(stdout, s);
}

/* What the groups are made by. */
static void find_common(struct unwinder *u, struct symbols *symbols, enum by by)
{
	if (by == BY_CREATOR)
		symbols_name_creators(symbols);
	if (by != BY_STACK && by != BY_TOP && by != BY_FUNCTION)
		return;
	unwind_goroutines(u, by == BY_STACK ? UNWIND_ALL : UNWIND_TO_USER_CODE);
	symbols_name_frames(symbols);
	if (by == BY_STACK)
		fold_stacks(symbols);
	else
		locate_goroutines(symbols);
}

static void answer_groups(struct unwinder *u, struct symbols *symbols,
			  const struct options *o)
{
	static void (*const group[BY_NUMBER])(struct snapshot *) = {
		[BY_STACK] = group_by_stack,
		[BY_TOP] = group_by_top,
		[BY_FUNCTION] = group_by_function,
		[BY_CREATOR] = group_by_creator,
		[BY_STATE] = group_by_state,
		[BY_REASON] = group_by_reason,
		[BY_NAME] = group_by_name,
		[BY_THREAD] = group_by_thread,
	};

	find_common(u, symbols, o->by);
	group[o->by](u->snapshot);
	if (o->folded)
		render_folded(stdout, u->snapshot);
	else
		render_groups(stdout, u->snapshot, options_by[o->by]);
}

static void answer_segments(struct unwinder *u, struct symbols *symbols)
{
	unwind_goroutines(u, UNWIND_TO_OWN_STACK);
	symbols_name_growers(symbols);
	render_segments(stdout, u->snapshot);
}

static void answer(struct unwinder *u, const struct options *o)
{
	SCOPE(symbols)
	struct symbols symbols = {
		.program = u->program,
		.layout = u->layout,
		.snapshot = u->snapshot,
		.thorough = o->raw,
	};

	if (o->command == COMMAND_LIST)
		answer_list(u, &symbols);
	else if (o->command == COMMAND_STACKS)
		answer_stacks(u, &symbols, o);
	else if (o->command == COMMAND_GROUPS)
		answer_groups(u, &symbols, o);
	else
		answer_segments(u, &symbols);
	note_missing_ids(u->snapshot, &o->ids);
	note_stops(u->snapshot);
	note_omitted(u->snapshot);
}

static struct error *flush_answer(void)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return NULL;
	return error_new("cannot write the answer: %s",
			 errno ? strerror(errno) : "it is cut off");
}

/* What is wrong with the target, after the answer; the exit status. */
static int tell_damage(const struct target *t, const struct program *p,
		       const struct snapshot *s)
{
	for (size_t i = 0; i < p->troubles.n; i++)
		complain(p->troubles.items[i]);
	if (t->damage)
		complain(t->damage);
	for (size_t i = 0; i < s->notes.n; i++)
		complain(s->notes.items[i].text);
	return t->damage || s->notes.n ? EXIT_PARTIAL : EXIT_WELL;
}

/* All stages; what they own goes when they are done. */
static struct error *run(const struct options *o, int *ret)
{
	SCOPE(target) struct target *target = NULL;
	SCOPE(program) struct program *program = NULL;
	SCOPE(layout) struct layout *layout = NULL;
	SCOPE(snapshot) struct snapshot *snapshot = NULL;
	SCOPE(unwinder) struct unwinder u = { 0 };
	struct error *e;

	e = open_target(o, &target);
	if (!e)
		e = program_open(target, &program);
	if (!e)
		e = layout_open(program, _binary_seam_rt_start,
				_binary_seam_rt_end - _binary_seam_rt_start,
				&layout);
	if (!e)
		e = take_snapshot(target, layout, o, &snapshot);
	if (e && target && target->damage)
		complain(target->damage);
	if (e)
		return e;
	u.target = target;
	u.program = program;
	u.layout = layout;
	u.snapshot = snapshot;
	answer(&u, o);
	e = flush_answer();
	if (e)
		return e;
	*ret = tell_damage(target, program, snapshot);
	return NULL;
}

static int misuse(const char *text)
{
	complain(text);
	fputs("seam: see `seam --help`\n", stderr);
	return EXIT_MISUSE;
}

int main(int argc, char **argv)
{
	static char buffer[OutputBuffer];
	SCOPE(error) struct error *e = NULL;
	SCOPE(ids) struct ids ids = { 0 };
	struct options o;
	int status = EXIT_WELL;

	/* Without a buffer of ours, libc would take one of its own size. */
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	e = options_parse(argc, argv, &o);
	if (e)
		return misuse(e->text);
	ids = o.ids;
	if (o.command == COMMAND_HELP)
		fputs(options_help, stdout);
	else if (o.command == COMMAND_VERSION)
		puts("seam " SEAM_VERSION);
	else
		e = run(&o, &status);
	if (!e)
		e = flush_answer();
	if (!e)
		return status;
	complain(e->text);
	return EXIT_NO_ANSWER;
}
