/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <string.h>

#include "layout/layout.h"
#include "layout/objects.h"
#include "layout/search.h"
#include "layout/states.h"
#include "util/scope.h"
#include "util/text.h"

/* What is being put together. */
struct making {
	struct layout *layout;
	struct search search;
};

/* The types and variables that the others hang on. */
enum { GOROUTINE, SEGMENT, MACHINE, STATE, GOROUTINES, MACHINES, CLOCK, NROOT };

#define AT(member) offsetof(struct layout, member)

static const struct root roots[NROOT] = {
	[GOROUTINE] = { "goroutine.type", SOUGHT_STRUCT,
			.at = AT(goroutine.size) },
	[SEGMENT] = { "segment.type", SOUGHT_STRUCT, .at = AT(segment.size),
		      .length = "segment.length" },
	[MACHINE] = { "machine.type", SOUGHT_STRUCT, .at = AT(machine.size) },
	[STATE] = { "state.type", SOUGHT_ENUM, .at = NOWHERE,
		    .optional = true },
	[GOROUTINES] = { "goroutine.head", SOUGHT_VARIABLE,
			 .at = AT(goroutine.head), .optional = true },
	[MACHINES] = { "machine.head", SOUGHT_VARIABLE,
		       .at = AT(machine.head) },
	[CLOCK] = { "clock.variable", SOUGHT_VARIABLE, .at = AT(clock.at),
		    .optional = true },
};

static const struct part parts[] = {
#define PART(root, owner, field, ...)                                          \
	{                                                                      \
#owner "." #field, root, AT(owner.field), .most = 8,           \
							  __VA_ARGS__          \
	}
#define OPTIONAL .optional = true
#define COMPUTED .computed = true
	PART(GOROUTINE, goroutine, array, OPTIONAL, COMPUTED, .global = true),
	PART(GOROUTINE, goroutine, count, OPTIONAL, COMPUTED, .global = true),
	PART(GOROUTINE, goroutine, next, OPTIONAL),
	PART(GOROUTINE, goroutine, wait, OPTIONAL),
	{ "goroutine.name", GOROUTINE, AT(goroutine.name), .most = 256,
	  OPTIONAL },
	PART(GOROUTINE, goroutine, id, COMPUTED),
	PART(GOROUTINE, goroutine, state, COMPUTED),
	PART(GOROUTINE, goroutine, reason, OPTIONAL, COMPUTED),
	{ "goroutine.reason.length", GOROUTINE, AT(goroutine.reason_length),
	  .most = 8, OPTIONAL, COMPUTED },
	PART(GOROUTINE, goroutine, object, OPTIONAL, COMPUTED),
	PART(GOROUTINE, goroutine, since, OPTIONAL, COMPUTED),
	PART(GOROUTINE, goroutine, creator, OPTIONAL, COMPUTED),
	PART(GOROUTINE, goroutine, entry, OPTIONAL, COMPUTED),
	PART(GOROUTINE, goroutine, machine, OPTIONAL, COMPUTED),
	PART(GOROUTINE, goroutine, top, COMPUTED),
	PART(GOROUTINE, goroutine, low, OPTIONAL, COMPUTED),
	PART(GOROUTINE, goroutine, bytes, OPTIONAL, COMPUTED),
	PART(GOROUTINE, goroutine, oldest, OPTIONAL, COMPUTED),
	PART(GOROUTINE, goroutine, sp, COMPUTED),
	PART(GOROUTINE, goroutine, pc, COMPUTED),
#define SAVED(noun, number)                                                    \
	{                                                                      \
		"goroutine." noun, GOROUTINE, AT(goroutine.saved[number]),     \
			.most = 8, OPTIONAL, COMPUTED                          \
	}
	SAVED("rbx", DwRbx),
	SAVED("rbp", DwRbp),
	SAVED("r12", 12),
	SAVED("r13", 13),
	SAVED("r14", 14),
	SAVED("r15", 15),
#undef SAVED
	PART(SEGMENT, segment, next, COMPUTED),
	PART(SEGMENT, segment, boundary, COMPUTED),
	PART(SEGMENT, segment, low, COMPUTED),
	{ "segment.size", SEGMENT, AT(segment.bytes), .most = 8, OPTIONAL,
	  COMPUTED },
	PART(SEGMENT, segment, spare, OPTIONAL),
	PART(SEGMENT, segment, end, OPTIONAL, COMPUTED),
	PART(SEGMENT, segment, newer, OPTIONAL, COMPUTED),
	PART(MACHINE, machine, next),
	PART(MACHINE, machine, id),
	PART(MACHINE, machine, thread),
	PART(MACHINE, machine, current),
#undef OPTIONAL
#undef COMPUTED
#undef PART
#define PART(noun, field)                                                      \
	{                                                                      \
		"clock." noun, CLOCK, AT(clock.field), .most = 8               \
	}
	PART("first.ticks", first_ticks),
	PART("first.ns", first_ns),
	PART("last.ticks", last_ticks),
	PART("last.ns", last_ns),
#undef PART
};

enum { NPARTS = sizeof(parts) / sizeof(*parts) };

/* What else a description may say, besides objects.c's. */
static const char *const texts[] = {
	"runtime",	     "runtime.section",	  "runtime.symbol",
	"runtime.functions", "runtime.libraries", "goroutine.outermost",
	"segment.length",    "state.words",	  "state.prefix",
	"state.unused",	     "state.running",	  "state.waiting",
	"seam.return",	     "seam.symbol",	  "step.over.functions",
	"step.over.files",   "step.over.asm",	  "catch.start",
	"catch.exit",	     "catch.block",	  "catch.block.call",
	"catch.block.wait",  "catch.deadlock",	  "catch.growth",
	"channel.elements",
};

void layout_close(struct layout *l)
{
	for (size_t i = 0; i < l->states.n; i++)
		free(l->states.items[i].word);
	free(l->states.items);
	free(l->own.items);
	free(l->libraries.items);
	free(l->seams.items);
	free(l->outermost.items);
	for (size_t i = 0; i < l->formulas.n; i++)
		free(l->formulas.items[i]);
	free(l->formulas.items);
	names_free(&l->names);
	free(l);
}

const struct state *layout_state(const struct layout *l, uint64_t value)
{
	for (size_t i = 0; i < l->states.n; i++)
		if (l->states.items[i].value == value)
			return &l->states.items[i];
	return NULL;
}

/* Note where MODULE lies if it is one of the libraries. */
static int add_library(Dwfl_Module *module, void **data, const char *path,
		       Dwarf_Addr start, void *arg)
{
	struct making *m = arg;
	SCOPE(memory) char *stem = strdup(text_base_name(path));
	Dwarf_Addr end;

	(void)data;
	if (!stem)
		out_of_memory();
	stem[strcspn(stem, ".-")] = '\0';
	if (!names_say(&m->layout->names, "runtime.libraries", stem))
		return DWARF_CB_OK;
	dwfl_module_info(module, NULL, NULL, &end, NULL, NULL, NULL, NULL);
	*ARRAY_PUSH(&m->layout->libraries) =
		(struct code){ addr(start), addr(end) };
	return DWARF_CB_OK;
}

static struct error *no_information(const struct making *m)
{
	if (program_compressed(m->search.program))
		return error_new(
			"'%s' has debug information that is "
			"compressed in a way that libdw cannot read; "
			"use `objcopy --decompress-debug-sections` and "
			"name what comes of it (CORE EXE)",
			m->search.program->path);
	if (program_debug_file(m->search.program))
		return error_new("'%s' has no debug information itself, and "
				 "its debug file '%s' is not found, is damaged "
				 "or not of this program; see seam(1)",
				 m->search.program->path,
				 program_debug_file(m->search.program));
	return error_new(
		"'%s' has no debug information: it was built without "
		"-g, or stripped; name a copy that was not (CORE EXE), "
		"or install its debug file, see seam(1)",
		m->search.program->path);
}

static struct error *no_runtime(const struct making *m, const char *section)
{
	return error_new("'%s' has neither the runtime linked in (no section "
			 "%s) nor debug information",
			 m->search.program->path, section);
}

/* Which file of the program the runtime is in, and which code is its own. */
static bool find_code(struct making *m)
{
	struct layout *l = m->layout;
	struct program *p = m->search.program;
	const char *section = names_of(&l->names, "runtime.section");
	const char *symbol = names_of(&l->names, "runtime.symbol");
	const char *functions = names_of(&l->names, "runtime.functions");
	const char *outermost = names_of(&l->names, "goroutine.outermost");
	const char *seam = names_of(&l->names, "seam.symbol");
	bool code = false;

	if (section) {
		program_choose(p, section);
		code = program_section(p, section, &l->code_low, &l->code_end);
		if (!code)
			search_miss(&m->search, "section", section);
	} else if (symbol) {
		code = code_choose(p, symbol);
		if (!code)
			search_miss(&m->search, "symbol", symbol);
	}
	if (functions)
		code_add(p, functions, &l->own);
	if (outermost)
		code_add(p, outermost, &l->outermost);
	if (seam && section) {
		struct code c;

		if (program_symbol(p, seam, &c.low, &c.end))
			*ARRAY_PUSH(&l->seams) = c;
	} else if (seam) {
		code_add(p, seam, &l->seams);
	}
	dwfl_getmodules(p->dwfl, add_library, m, 0);
	code_sort(&l->libraries);
	return code;
}

static struct error *find_all(struct making *m)
{
	struct layout *l = m->layout;
	struct sought found[NROOT];
	const char *section = names_of(&l->names, "runtime.section");
	bool code = find_code(m);

	m->search.low = l->code_low;
	m->search.end = l->code_end;
	if (!search_roots(&m->search, roots, NROOT, found, l))
		return code || !section ? no_information(m)
					: no_runtime(m, section);
	search_parts(&m->search, parts, NPARTS, found, l);
	states_find(m->layout, &m->search, &found[STATE]);
	l->segment.type = found[SEGMENT].name;
	for (size_t i = 0; i < NRegs; i++)
		l->goroutine.saves |= field_there(l->goroutine.saved[i]);
	return search_missing(&m->search);
}

/* Whether NOUN means anything. */
static bool is_noun(const char *noun)
{
	for (size_t i = 0; i < NROOT; i++)
		if (strcmp(roots[i].noun, noun) == 0)
			return true;
	for (size_t i = 0; i < NPARTS; i++)
		if (strcmp(parts[i].noun, noun) == 0)
			return true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (strcmp(texts[i], noun) == 0)
			return true;
	return objects_noun(noun);
}

/* Whether one of the nouns in LIST is said. */
static bool any_said(const struct names *n, const char *list)
{
	for (size_t i = 0; i < n->n; i++)
		if (word_in(list, n->items[i].noun))
			return true;
	return false;
}

static struct error *not_said(const struct names *n, const char *noun)
{
	return error_new("'%s' describes no runtime: it does not say %s",
			 n->file, noun);
}

/* What cannot be done without. */
static struct error *check_said(const struct names *n)
{
	static const char *const one_of[][2] = {
		{ "runtime", "runtime" },
		{ "runtime.section runtime.symbol",
		  "runtime.section or runtime.symbol" },
		{ "goroutine.head goroutine.array",
		  "goroutine.head or goroutine.array" },
		{ "state.type state.words", "state.type or state.words" },
	};

	for (size_t i = 0; i < sizeof(one_of) / sizeof(*one_of); i++)
		if (!any_said(n, one_of[i][0]))
			return not_said(n, one_of[i][1]);
	for (size_t i = 0; i < NROOT; i++)
		if (!roots[i].optional && !names_of(n, roots[i].noun))
			return not_said(n, roots[i].noun);
	for (size_t i = 0; i < NPARTS; i++)
		if (!parts[i].optional && parts[i].root != CLOCK
		    && !names_of(n, parts[i].noun))
			return not_said(n, parts[i].noun);
	return NULL;
}

/* What comes with another. */
static struct error *check_pairs(const struct names *n)
{
	static const char *const pairs[][2] = {
		{ "goroutine.head", "goroutine.next" },
		{ "goroutine.array", "goroutine.count" },
		{ "goroutine.oldest", "segment.newer" },
		{ "segment.newer", "segment.end" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (names_of(n, pairs[i][0]) && !names_of(n, pairs[i][1]))
			return not_said(n, pairs[i][1]);
	return NULL;
}

static struct error *check_nouns(const struct names *n)
{
	for (size_t i = 0; i < n->n; i++)
		if (!is_noun(n->items[i].noun))
			return names_mistake(
				n, &n->items[i], n->items[i].noun_at,
				"there is no noun '%s'", n->items[i].noun);
	return NULL;
}

/* What can be told of a description without a program. */
static struct error *read_description(struct making *m,
				      const struct description *d)
{
	struct names *n = &m->layout->names;
	struct error *e = names_parse(d, n);

	if (!e)
		e = check_nouns(n);
	if (!e)
		e = search_read(&m->search, parts, NPARTS);
	if (!e)
		e = check_said(n);
	if (!e)
		e = check_pairs(n);
	if (!e)
		e = states_read(m->layout);
	m->layout->name = search_name(&m->search, "runtime");
	m->layout->objects = names_of(n, "channel.type") != NULL;
	return e;
}

/* Whether the runtime that D describes is in P. */
static bool is_of(struct program *p, const struct description *d)
{
	SCOPE(names) struct names n = { 0 };
	SCOPE(error) struct error *e = names_parse(d, &n);
	const char *section = names_of(&n, "runtime.section");
	const char *symbol = names_of(&n, "runtime.symbol");
	addr_t low, end;

	if (section)
		program_choose(p, section);
	return section ? program_section(p, section, &low, &end)
		       : symbol && code_choose(p, symbol);
}

struct error *layout_open(struct program *p, const struct description *d,
			  size_t n, struct layout **ret)
{
	SCOPE(layout) struct layout *l = array_new(1, sizeof(*l));
	struct making m = {
		.layout = l,
		.search = { .program = p,
			    .names = &l->names,
			    .formulas = &l->formulas },
	};
	size_t chosen = 0;
	struct error *e;

	while (n > 1 && chosen < n && !is_of(p, &d[chosen]))
		chosen++;
	e = read_description(&m, &d[chosen < n ? chosen : 0]);
	if (!e)
		e = find_all(&m);
	search_scope(&m.search);
	if (!e)
		*ret = RELEASE(l);
	return e;
}
