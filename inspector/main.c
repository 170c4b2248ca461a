/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seam - the goroutines of a process or a core. The stages, left to right:
 *
 *	target -> layout -> model -> unwind -> symbol -> analyse -> render
 *
 * A live target is stopped for a part of one of them only, the model: files are
 * read before it, and so is what waits, which may be unwound before it too; all
 * that comes after works on the copy.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyse/analyse.h"
#include "analyse/filter.h"
#include "answers.h"
#include "completion.h"
#include "layout/descriptions.h"
#include "layout/layout.h"
#include "layout/objects.h"
#include "layout/program.h"
#include "model/collect.h"
#include "model/collect_objects.h"
#include "model/references.h"
#include "options.h"
#include "render/json.h"
#include "render/render.h"
#include "symbol/symbol.h"
#include "target/target.h"
#include "unwind/unwind.h"
#include "util/clean.h"
#include "util/output.h"
#include "util/progress.h"
#include "util/scope.h"

/* Milliseconds after which a terminal is told how far we are. */
enum { ProgressAfter = 1000 };

/* The line TEXT that has a mistake, and AT how many bytes. */
static void point_at(const char *text, size_t at)
{
	SCOPE(memory) char *clean = clean_text(text, SIZE_MAX);
	SCOPE(memory) char *before = clean_text(text, at);
	size_t column = 0;

	for (const char *p = at ? before : ""; *p; p++)
		column += (*p & 0xc0) != 0x80;
	fprintf(stderr, "    %s\n    %*s^\n", clean, (int)column, "");
}

static void complain(const char *text)
{
	SCOPE(memory) char *clean = clean_text(text, SIZE_MAX);

	fprintf(stderr, "seam: %s\n", clean);
}

static struct error *open_target(const struct options *o,
				 struct progress *progress, struct target **ret)
{
	if (o->given[OPTION_HELD])
		return target_open_held(o->pid, stdin, progress, ret);
	if (o->pid)
		return target_open_live(o->pid, progress, ret);
	return target_open_core(o->core, o->exe, progress, ret);
}

static bool is_wanted(void *filter, const struct goroutine *g)
{
	return filter_keeps(filter, NULL, g, FILTER_READ);
}

static enum stacks_wanted stacks_wanted(const struct options *o,
					const struct filter *filter)
{
	const struct answer *a = &answers[o->command];

	if (filter && filter_last_step(filter) == FILTER_FOLDED)
		return STACKS_WHOLE;
	return a->stacks ? a->stacks(o) : STACKS_NONE;
}

static enum collect_extent extent(const struct options *o,
				  enum stacks_wanted stacks)
{
	if (o->given[OPTION_ARGS] || o->given[OPTION_LOCALS])
		return COLLECT_VALUES;
	return stacks == STACKS_WHOLE ? COLLECT_STACKS : COLLECT_TOPS;
}

/* How far stacks are unwound. */
static enum unwind_extent unwound(enum stacks_wanted stacks)
{
	static const enum unwind_extent extents[] = {
		[STACKS_NONE] = UNWIND_TO_OWN_STACK,
		[STACKS_ENTERED] = UNWIND_TO_OWN_STACK,
		[STACKS_TOPS] = UNWIND_TO_USER_CODE,
		[STACKS_WHOLE] = UNWIND_ALL,
	};

	return extents[stacks];
}

/* Take off those whom FILTER does not keep, step by step. */
static void keep_wanted(struct unwinder *u, struct symbols *symbols,
			struct filter *filter)
{
	enum filter_step last = filter_last_step(filter);

	for (enum filter_step step = FILTER_READ; step <= last; step++) {
		if (step == FILTER_FOLDED) {
			unwind_goroutines(u);
			symbols_name_frames(symbols);
			fold_stacks(symbols);
		}
		filter_drop(filter, symbols, step);
	}
}

/* Whether what waits can be copied while the target runs: nobody else changes
 * its frames, but its variables, and the queues that it is in. */
static bool may_begin_early(const struct options *o, enum collect_extent extent)
{
	return o->pid && answers[o->command].objects == OBJECTS_NONE
	       && extent != COLLECT_VALUES;
}

/* While the target runs. */
static void unwind_early(void *unwinder, struct snapshot *s, size_t first,
			 size_t end)
{
	struct unwinder *u = unwinder;

	u->snapshot = s;
	unwind_some_goroutines(u, first, end);
}

/* Whether frames are all that is wanted of a stack. */
static bool may_unwind_early(const struct options *o, enum stacks_wanted stacks)
{
	return stacks != STACKS_NONE && !answers[o->command].words
	       && !o->given[OPTION_REGISTERS];
}

/* The target has mapped some since the program was opened. */
static struct error *see_other_code(struct unwinder *u)
{
	unwinder_forget(u);
	return program_renew(u->program, u->target);
}

/* A live target stands still for collect() only, and for what is asked of
 * OBJECTS, which is NULL where nothing is known of them. An id that is not
 * there is told by who is, before FILTER, which may be NULL. U, which is to
 * unwind all, does some of it meanwhile. */
static struct error *take_snapshot(struct unwinder *u,
				   const struct objects_layout *objects,
				   const struct options *o,
				   struct filter *filter, struct snapshot **ret)
{
	const enum stacks_wanted stacks = stacks_wanted(o, filter);
	const enum collect_extent wanted = extent(o, stacks);
	struct target *t = u->target;
	const struct layout *l = u->layout;
	SCOPE(collection)
	struct collection *c = collection_new(t, l, &o->ids, wanted);
	const struct answer *a = &answers[o->command];
	struct error *e;

	u->extent = unwound(stacks);
	if (filter && !o->ids.n)
		collection_choose(c, is_wanted, filter);
	if (a->lost)
		collection_search(c);
	progress_stage(t->progress, "reading goroutines", 0);
	if (may_unwind_early(o, stacks))
		collection_take(c, unwind_early, u);
	if (may_begin_early(o, wanted))
		collect_early(c);
	e = target_stop(t);
	if (e)
		return e;
	e = collect(c);
	if (!e && a->objects) {
		*ret = collect_finish(c);
		collect_objects(t, l, objects, *ret);
	}
	if (!e && a->memory)
		search_memory(t, l, objects, *ret);
	if (!e && a->remains)
		collect_remains(t, l, *ret);
	progress_stage(t->progress, "working it out", 0);
	target_resume(t);
	if (!e && !a->objects)
		*ret = collect_finish(c);
	if (!e && t->remapped)
		e = see_other_code(u);
	return e;
}

/* A terminal that does not refuse it: see no-color.org. */
static bool likes_colour(void)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && terminal
	       && strcmp(terminal, "dumb") != 0;
}

/* What is printed. */
static void find(struct unwinder *u, const struct options *o,
		 struct filter *filter)
{
	SCOPE(symbols)
	struct symbols symbols = {
		.program = u->program,
		.layout = u->layout,
		.snapshot = u->snapshot,
		.thorough = o->given[OPTION_RAW],
	};

	u->snapshot->lines_most = o->frames;
	u->snapshot->coloured = likes_colour();
	note_missing_ids(u->snapshot, &o->ids);
	if (filter)
		keep_wanted(u, &symbols, filter);
	answers[o->command].find(u, &symbols, o);
	note_stops(u->snapshot);
	note_omitted(u->snapshot);
}

/* What is wrong with the target. */
struct troubles {
	ARRAY(const char *);
};

static void troubles_scope(struct troubles *all)
{
	free(all->items);
}

static void add_trouble(struct troubles *all, struct snapshot *s,
			const char *text)
{
	*ARRAY_PUSH(all) = strings_add_foreign(&s->strings, text, SIZE_MAX);
}

static struct troubles find_troubles(const struct unwinder *u)
{
	const struct program *p = u->program;
	struct snapshot *s = u->snapshot;
	struct troubles all = { 0 };

	for (size_t i = 0; i < p->troubles.n; i++)
		add_trouble(&all, s, p->troubles.items[i]);
	if (u->target->damage)
		add_trouble(&all, s, u->target->damage);
	for (size_t i = 0; i < s->notes.n; i++)
		add_trouble(&all, s, s->notes.items[i].text);
	return all;
}

static void print(FILE *out, const struct snapshot *s, const struct options *o,
		  const struct troubles *troubles)
{
	if (!o->given[OPTION_JSON]) {
		answer_print(out, s, o);
		return;
	}
	json_begin(out, command_words[o->command].word);
	answer_encode(out, s, o);
	json_end(out, troubles->items, troubles->n);
}

/* After all of the answer is written; OUT is closed. */
static struct error *close_answer(struct output *out)
{
	if (output_close(out))
		return NULL;
	return error_new("cannot write the answer: %s",
			 errno ? strerror(errno) : "it is cut off");
}

static struct error *answer(struct unwinder *u, const struct options *o,
			    struct filter *filter, int *ret)
{
	SCOPE(troubles) struct troubles troubles = { 0 };
	SCOPE(output) struct output out = { 0 };
	struct error *e;

	find(u, o, filter);
	troubles = find_troubles(u);
	progress_stop(u->target->progress);
	if (o->given[OPTION_TIME])
		fprintf(stderr, "seam: %s was stopped for %.1f ms\n",
			u->target->subject, u->target->stopped_ns / 1e6);
	out = output_open();
	print(out.stream, u->snapshot, o, &troubles);
	e = close_answer(&out);
	if (e)
		return e;
	for (size_t i = 0; i < troubles.n; i++)
		complain(troubles.items[i]);
	if (troubles.n
	    || (o->command == COMMAND_CHECK && u->snapshot->objects.findings.n))
		*ret = EXIT_PARTIAL;
	return NULL;
}

/* The layout of the runtime in P: one that we know, or a user's own. */
static struct error *open_layout(struct program *p, const struct options *o,
				 struct layout **ret)
{
	struct description built_in[DescriptionsBuiltIn];
	SCOPE(description) struct description own = { 0 };
	struct error *e;

	if (!o->runtime) {
		descriptions_built_in(built_in);
		return layout_open(p, built_in, DescriptionsBuiltIn, ret);
	}
	e = description_read(o->runtime, &own);
	return e ? e : layout_open(p, &own, 1, ret);
}

/* Where things are that goroutines wait for; *RET is NULL where they are not
 * asked for, or not known and not needed. Otherwise it is RESULT. */
static struct error *open_objects(struct program *p, const struct layout *l,
				  const struct options *o,
				  struct objects_layout *result,
				  const struct objects_layout **ret)
{
	enum objects_wanted wanted = answers[o->command].objects;

	*ret = NULL;
	if (wanted == OBJECTS_NONE || (wanted == OBJECTS_ANY && !l->objects))
		return NULL;
	if (!l->objects)
		return error_new("%s: what is known of the %s runtime is its "
				 "goroutines and threads, not what goroutines "
				 "wait for; see seam-rt(5)",
				 command_words[o->command].word, l->name);
	*ret = result;
	return objects_layout_open(p, l, result);
}

/* FILTER, which may be NULL, asks for what there is in this runtime. */
static struct error *check_filter(const struct filter *filter,
				  const struct layout *l,
				  const struct options *o)
{
	struct mistake mistake;

	if (!filter || filter_check(filter, l, &mistake))
		return NULL;
	return error_in(mistake.what, o->filter, mistake.at);
}

/* All stages; what they own goes when they are done. FILTER: or NULL. */
static struct error *run(const struct options *o, struct filter *filter,
			 struct progress *progress, int *ret)
{
	SCOPE(target) struct target *target = NULL;
	SCOPE(program) struct program *program = NULL;
	SCOPE(layout) struct layout *layout = NULL;
	SCOPE(snapshot) struct snapshot *snapshot = NULL;
	SCOPE(unwinder) struct unwinder u = { 0 };
	const struct objects_layout *objects;
	struct objects_layout space;
	struct error *e;

	progress_stage(progress, "opening files", 0);
	e = open_target(o, progress, &target);
	if (!e)
		e = program_open(target, &program);
	if (!e)
		e = open_layout(program, o, &layout);
	if (!e)
		e = check_filter(filter, layout, o);
	if (!e)
		e = open_objects(program, layout, o, &space, &objects);
	u.target = target;
	u.program = program;
	u.layout = layout;
	if (!e)
		e = take_snapshot(&u, objects, o, filter, &snapshot);
	if (e) {
		progress_stop(progress);
		if (target && target->damage)
			complain(target->damage);
		return e;
	}
	u.snapshot = snapshot;
	return answer(&u, o, filter, ret);
}

static struct error *run_filtered(const struct options *o,
				  struct progress *progress, int *ret)
{
	SCOPE(filter) struct filter filter = { 0 };
	struct mistake mistake;

	if (!o->filter)
		return run(o, NULL, progress, ret);
	if (filter_parse(o->filter, &filter, &mistake))
		return run(o, &filter, progress, ret);
	return error_in(mistake.what, o->filter, mistake.at);
}

static int misuse(const char *text)
{
	complain(text);
	fputs("seam: see `seam --help`\n", stderr);
	return EXIT_MISUSE;
}

/* The exit status after E, if there is one, or else STATUS. */
static int conclude(struct error *e, int status)
{
	if (!e)
		return status;
	complain(e->text);
	if (e->line)
		point_at(e->line, e->at);
	error_free(e);
	return EXIT_NO_ANSWER;
}

/* What needs no target. */
static struct error *tell_about_seam(const struct options *o)
{
	SCOPE(output) struct output out = output_open();

	if (o->command == COMMAND_HELP)
		commands_help(out.stream);
	else if (o->command == COMMAND_VERSION)
		fputs("seam " SEAM_VERSION "\n", out.stream);
	else
		completion_print(out.stream, o->shell);
	return close_answer(&out);
}

/* For somebody who looks on. */
static void show_progress(struct progress *p)
{
	if (isatty(STDERR_FILENO))
		progress_start(p, STDERR_FILENO, ProgressAfter);
}

int main(int argc, char **argv)
{
	SCOPE(error) struct error *e = NULL;
	SCOPE(ids) struct ids ids = { 0 };
	struct progress progress = { NULL };
	struct options o;
	int status = EXIT_WELL;

	output_watch();
	e = options_parse(argc, argv, &o);
	if (e)
		return misuse(e->text);
	ids = o.ids;
	if (o.command >= COMMAND_TYPED)
		return conclude(tell_about_seam(&o), EXIT_WELL);
	show_progress(&progress);
	e = run_filtered(&o, &progress, &status);
	progress_stop(&progress);
	return conclude(RELEASE(e), status);
}
