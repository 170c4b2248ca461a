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
#include "analyse/check.h"
#include "analyse/waits.h"
#include "analyse/whatis.h"
#include "layout/layout.h"
#include "layout/objects.h"
#include "layout/program.h"
#include "model/collect.h"
#include "model/collect_objects.h"
#include "model/crew.h"
#include "model/references.h"
#include "options.h"
#include "render/objects.h"
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
	return o->command == COMMAND_STACKS || o->command == COMMAND_WAITS
	       || o->command == COMMAND_WHATIS
	       || (o->command == COMMAND_GROUPS && o->by == BY_STACK);
}

/* A live target stands still for collect() only, and for what is asked of
 * OBJECTS; NULL: nothing. */
static struct error *take_snapshot(struct target *t, const struct layout *l,
				   const struct objects_layout *objects,
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
	if (!e && objects) {
		*ret = collect_finish(c);
		collect_objects(t, l, objects, *ret);
	}
	if (!e && o->command == COMMAND_WAITS)
		search_memory(t, l, objects, *ret);
	target_resume(t);
	if (o->time)
		fprintf(stderr, "seam: %s was stopped for %.1f ms\n",
			t->subject, t->stopped_ns / 1e6);
	if (!e && !objects)
		*ret = collect_finish(c);
	return e;
}

static void answer_list(struct unwinder *u, struct symbols *symbols,
			const struct options *o)
{
	(void)o;
	unwind_goroutines(u, UNWIND_TO_USER_CODE);
	symbols_name_frames(symbols);
	locate_goroutines(symbols);
	render_fatal(stdout, u->snapshot);
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
	render_fatal(stdout, s);
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

static void answer_segments(struct unwinder *u, struct symbols *symbols,
			    const struct options *o)
{
	(void)o;
	unwind_goroutines(u, UNWIND_TO_OWN_STACK);
	symbols_name_growers(symbols);
	render_segments(stdout, u->snapshot);
}

static void answer_channels(struct unwinder *u, struct symbols *symbols,
			    const struct options *o)
{
	(void)o;
	symbols_name_objects(symbols);
	render_channels(stdout, u->snapshot);
}

static void answer_mutexes(struct unwinder *u, struct symbols *symbols,
			   const struct options *o)
{
	(void)o;
	symbols_name_objects(symbols);
	render_mutexes(stdout, u->snapshot);
}

static void answer_fds(struct unwinder *u, struct symbols *symbols,
		       const struct options *o)
{
	(void)symbols, (void)o;
	render_descriptors(stdout, u->snapshot);
}

static void answer_waits(struct unwinder *u, struct symbols *symbols,
			 const struct options *o)
{
	unwind_goroutines(u, UNWIND_ALL);
	symbols_name_frames(symbols);
	symbols_name_creators(symbols);
	symbols_name_objects(symbols);
	fold_stacks(symbols);
	search_stacks(u->snapshot);
	find_fates(u->snapshot);
	find_deadlocks(u->snapshot);
	if (o->dot)
		render_dot(stdout, u->snapshot);
	else
		render_waits(stdout, u->snapshot);
}

static void answer_timers(struct unwinder *u, struct symbols *symbols,
			  const struct options *o)
{
	(void)symbols, (void)o;
	render_timers(stdout, u->snapshot);
}

static void answer_threads(struct unwinder *u, struct symbols *symbols,
			   const struct options *o)
{
	(void)symbols, (void)o;
	collect_crew(u->target, u->snapshot);
	render_crew(stdout, u->snapshot);
}

static void answer_check(struct unwinder *u, struct symbols *symbols,
			 const struct options *o)
{
	(void)symbols, (void)o;
	check(u->snapshot);
	render_check(stdout, u->snapshot);
}

static void answer_whatis(struct unwinder *u, struct symbols *symbols,
			  const struct options *o)
{
	whatis(u, symbols, o->address);
	render_findings(stdout, u->snapshot);
}

/* The stages from unwind on, and whether objects are to be collected. */
static const struct {
	void (*answer)(struct unwinder *, struct symbols *,
		       const struct options *);
	bool objects;
} commands[COMMAND_NUMBER] = {
	[COMMAND_LIST] = { answer_list, false },
	[COMMAND_STACKS] = { answer_stacks, false },
	[COMMAND_SEGMENTS] = { answer_segments, false },
	[COMMAND_GROUPS] = { answer_groups, false },
	[COMMAND_CHANNELS] = { answer_channels, true },
	[COMMAND_MUTEXES] = { answer_mutexes, true },
	[COMMAND_FDS] = { answer_fds, true },
	[COMMAND_WAITS] = { answer_waits, true },
	[COMMAND_TIMERS] = { answer_timers, true },
	[COMMAND_THREADS] = { answer_threads, true },
	[COMMAND_CHECK] = { answer_check, true },
	[COMMAND_WHATIS] = { answer_whatis, true },
};

static void answer(struct unwinder *u, const struct options *o)
{
	SCOPE(symbols)
	struct symbols symbols = {
		.program = u->program,
		.layout = u->layout,
		.snapshot = u->snapshot,
		.thorough = o->raw,
	};

	u->snapshot->lines_most = o->frames;
	commands[o->command].answer(u, &symbols, o);
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

/* What is wrong with the target, after the answer; the exit status. FAULTS: so
 * many things the answer tells already. */
static int tell_damage(const struct target *t, const struct program *p,
		       const struct snapshot *s, size_t faults)
{
	for (size_t i = 0; i < p->troubles.n; i++)
		complain(p->troubles.items[i]);
	if (t->damage)
		complain(t->damage);
	for (size_t i = 0; i < s->notes.n; i++)
		complain(s->notes.items[i].text);
	if (t->damage || s->notes.n || faults)
		return EXIT_PARTIAL;
	return EXIT_WELL;
}

/* All stages; what they own goes when they are done. */
static struct error *run(const struct options *o, int *ret)
{
	SCOPE(target) struct target *target = NULL;
	SCOPE(program) struct program *program = NULL;
	SCOPE(layout) struct layout *layout = NULL;
	SCOPE(snapshot) struct snapshot *snapshot = NULL;
	SCOPE(unwinder) struct unwinder u = { 0 };
	bool wants_objects = commands[o->command].objects;
	struct objects_layout objects;
	struct error *e;

	e = open_target(o, &target);
	if (!e)
		e = program_open(target, &program);
	if (!e)
		e = layout_open(program, _binary_seam_rt_start,
				_binary_seam_rt_end - _binary_seam_rt_start,
				&layout);
	if (!e && wants_objects)
		e = objects_layout_open(program, layout, &objects);
	if (!e)
		e = take_snapshot(target, layout,
				  wants_objects ? &objects : NULL, o,
				  &snapshot);
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
	*ret = tell_damage(
		target, program, snapshot,
		o->command == COMMAND_CHECK ? snapshot->objects.findings.n : 0);
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
