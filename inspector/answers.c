/* SPDX-License-Identifier: BSD-2-Clause */
#include "answers.h"
#include "analyse/analyse.h"
#include "analyse/check.h"
#include "analyse/details.h"
#include "analyse/waits.h"
#include "analyse/whatis.h"
#include "model/crew.h"
#include "model/references.h"
#include "render/json.h"
#include "render/objects.h"
#include "render/render.h"

static enum stacks_wanted entered(const struct options *o)
{
	(void)o;
	return STACKS_ENTERED;
}

static enum stacks_wanted tops(const struct options *o)
{
	(void)o;
	return STACKS_TOPS;
}

static enum stacks_wanted whole(const struct options *o)
{
	(void)o;
	return STACKS_WHOLE;
}

static void find_list(struct unwinder *u, struct symbols *symbols,
		      const struct options *o)
{
	(void)o;
	unwind_goroutines(u);
	symbols_name_frames(symbols);
	locate_goroutines(symbols);
}

static void find_stacks(struct unwinder *u, struct symbols *symbols,
			const struct options *o)
{
	const struct details_wanted wanted = {
		.variables = {
			.arguments = o->given[OPTION_ARGS],
			.locals = o->given[OPTION_LOCALS],
			.bytes = o->given[OPTION_BYTES],
		},
		.registers = o->given[OPTION_REGISTERS],
	};

	unwind_goroutines(u);
	if (o->given[OPTION_THREADS])
		unwind_threads(u);
	symbols_name_frames(symbols);
	symbols_name_creators(symbols);
	if (o->given[OPTION_RAW])
		list_frames(u->snapshot);
	else
		fold_stacks(symbols);
	list_thread_frames(u->snapshot);
	u->snapshot->as_bytes = wanted.variables.bytes;
	if (wanted.registers || wanted.variables.arguments
	    || wanted.variables.locals)
		find_details(u, symbols, &wanted);
}

static void print_list(FILE *out, const struct snapshot *s)
{
	render_fatal(out, s);
	render_since(out, s);
	render_list(out, s);
}

static void print_stacks(FILE *out, const struct snapshot *s,
			 const struct options *o)
{
	render_fatal(out, s);
	render_times(out, s);
	render_stacks(out, s, o->given[OPTION_RAW] ? STACK_RAW : STACK_PLAIN);
	render_threads(out, s);
}

static enum stacks_wanted stacks_of_groups(const struct options *o)
{
	if (o->by == BY_STACK)
		return STACKS_WHOLE;
	return o->by == BY_TOP || o->by == BY_FUNCTION ? STACKS_TOPS
						       : STACKS_NONE;
}

/* What the groups are made by. */
static void find_common(struct unwinder *u, struct symbols *symbols,
			const struct options *o)
{
	enum stacks_wanted wanted = stacks_of_groups(o);

	if (o->by == BY_CREATOR)
		symbols_name_creators(symbols);
	if (wanted == STACKS_NONE)
		return;
	unwind_goroutines(u);
	symbols_name_frames(symbols);
	if (wanted == STACKS_WHOLE)
		fold_stacks(symbols);
	else
		locate_goroutines(symbols);
}

static void find_groups(struct unwinder *u, struct symbols *symbols,
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

	find_common(u, symbols, o);
	group[o->by](u->snapshot);
}

static void print_groups(FILE *out, const struct snapshot *s,
			 const struct options *o)
{
	if (o->given[OPTION_FOLDED]) {
		render_folded(out, s);
		return;
	}
	render_times(out, s);
	render_groups(out, s, by_words[o->by]);
}

static void encode_groups(FILE *out, const struct snapshot *s,
			  const struct options *o)
{
	json_groups(out, s, by_words[o->by]);
}

static void find_segments(struct unwinder *u, struct symbols *symbols,
			  const struct options *o)
{
	(void)o;
	unwind_goroutines(u);
	symbols_name_growers(symbols);
}

static void find_waits(struct unwinder *u, struct symbols *symbols,
		       const struct options *o)
{
	(void)o;
	unwind_goroutines(u);
	symbols_name_frames(symbols);
	symbols_name_creators(symbols);
	symbols_name_objects(symbols);
	fold_stacks(symbols);
	search_stacks(u->snapshot);
	find_fates(u->snapshot);
	find_deadlocks(u->snapshot);
}

static void print_waits(FILE *out, const struct snapshot *s,
			const struct options *o)
{
	if (o->given[OPTION_DOT]) {
		render_dot(out, s);
		return;
	}
	render_times(out, s);
	render_waits(out, s);
}

static void find_objects(struct unwinder *u, struct symbols *symbols,
			 const struct options *o)
{
	(void)u, (void)o;
	symbols_name_objects(symbols);
}

/* What is printed as it was read. */
static void find_nothing(struct unwinder *u, struct symbols *symbols,
			 const struct options *o)
{
	(void)u, (void)symbols, (void)o;
}

static void encode_channels(FILE *out, const struct snapshot *s,
			    const struct options *o)
{
	(void)o;
	json_objects(out, s, OBJECT_CHANNEL, OBJECT_CHANNEL);
}

static void encode_mutexes(FILE *out, const struct snapshot *s,
			   const struct options *o)
{
	(void)o;
	json_objects(out, s, OBJECT_MUTEX, OBJECT_ONCE);
}

static void encode_fds(FILE *out, const struct snapshot *s,
		       const struct options *o)
{
	(void)o;
	json_objects(out, s, OBJECT_DESCRIPTOR, OBJECT_DESCRIPTOR);
}

static void find_threads(struct unwinder *u, struct symbols *symbols,
			 const struct options *o)
{
	(void)symbols, (void)o;
	collect_crew(u->target, u->snapshot);
}

static void find_faults(struct unwinder *u, struct symbols *symbols,
			const struct options *o)
{
	(void)symbols, (void)o;
	check(u->snapshot);
}

static void find_what(struct unwinder *u, struct symbols *symbols,
		      const struct options *o)
{
	whatis(u, symbols, o->address);
}

static void encode_what(FILE *out, const struct snapshot *s,
			const struct options *o)
{
	json_whatis(out, s, o->address);
}

const struct answer answers[COMMAND_TYPED] = {
	[COMMAND_LIST] = { .stacks = tops,
			   .find = find_list,
			   .print = print_list,
			   .encode = json_list },
	[COMMAND_STACKS] = { .stacks = whole,
			     .find = find_stacks,
			     .print_as = print_stacks,
			     .encode = json_stacks },
	[COMMAND_GROUPS] = { .stacks = stacks_of_groups,
			     .find = find_groups,
			     .print_as = print_groups,
			     .encode_as = encode_groups },
	[COMMAND_SEGMENTS] = { .stacks = entered,
			       .words = true,
			       .find = find_segments,
			       .print = render_segments,
			       .encode = json_segments },
	[COMMAND_WAITS] = { .objects = OBJECTS_NEEDED,
			    .memory = true,
			    .stacks = whole,
			    .find = find_waits,
			    .print_as = print_waits,
			    .encode = json_waits },
	[COMMAND_CHANNELS] = { .objects = OBJECTS_NEEDED,
			       .find = find_objects,
			       .times = true,
			       .print = render_channels,
			       .encode_as = encode_channels },
	[COMMAND_MUTEXES] = { .objects = OBJECTS_NEEDED,
			      .find = find_objects,
			      .times = true,
			      .print = render_mutexes,
			      .encode_as = encode_mutexes },
	[COMMAND_FDS] = { .objects = OBJECTS_NEEDED,
			  .find = find_nothing,
			  .times = true,
			  .print = render_descriptors,
			  .encode_as = encode_fds },
	[COMMAND_TIMERS] = { .objects = OBJECTS_NEEDED,
			     .find = find_nothing,
			     .times = true,
			     .print = render_timers,
			     .encode = json_timers },
	[COMMAND_WHATIS] = { .objects = OBJECTS_ANY,
			     .remains = true,
			     .stacks = whole,
			     .find = find_what,
			     .print = render_findings,
			     .encode_as = encode_what },
	[COMMAND_CHECK] = { .objects = OBJECTS_NEEDED,
			    .lost = true,
			    .find = find_faults,
			    .print = render_check,
			    .encode = json_check },
	[COMMAND_THREADS] = { .objects = OBJECTS_ANY,
			      .find = find_threads,
			      .print = render_crew,
			      .encode = json_crew },
};

void answer_print(FILE *out, const struct snapshot *s, const struct options *o)
{
	const struct answer *a = &answers[o->command];

	if (a->print_as)
		a->print_as(out, s, o);
	else {
		if (a->times)
			render_times(out, s);
		a->print(out, s);
	}
}

void answer_encode(FILE *out, const struct snapshot *s, const struct options *o)
{
	const struct answer *a = &answers[o->command];

	if (a->encode_as)
		a->encode_as(out, s, o);
	else
		a->encode(out, s);
}
