/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <dwarf.h>
#include <string.h>

#include "layout/layout.h"
#include "layout/objects.h"
#include "layout/search.h"
#include "util/scope.h"

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
	"step.over.files",   "step.over.asm",
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

/* Whether NAME is one of the words of LIST. */
static bool listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (list += strspn(list, " "); *list; list += strspn(list, " ")) {
		size_t n = strcspn(list, " ");

		if (n == length && strncmp(list, name, n) == 0)
			return true;
		list += n;
	}
	return false;
}

/* Whether NAME is one of the words that the description says for NOUN. */
static bool is_said(struct making *m, const char *noun, const char *name)
{
	const char *list = names_of(&m->layout->names, noun);

	return list && listed(list, name);
}

static enum state_role role_of(struct making *m, const char *name)
{
	if (is_said(m, "state.unused", name))
		return STATE_UNUSED;
	if (is_said(m, "state.running", name))
		return STATE_RUNNING;
	if (is_said(m, "state.waiting", name))
		return STATE_WAITING;
	return STATE_OTHER;
}

/* The enumerator's NAME as it is printed. */
static char *state_word(struct making *m, const char *name)
{
	const char *prefix = names_of(&m->layout->names, "state.prefix");
	size_t n = prefix ? strlen(prefix) : 0;
	char *word =
		strdup(n && strncmp(name, prefix, n) == 0 ? name + n : name);

	if (!word)
		out_of_memory();
	for (char *p = word; *p; p++)
		*p = tolower((unsigned char)*p);
	return word;
}

static void add_state(struct making *m, Dwarf_Die *enumerator)
{
	const char *name = dwarf_diename(enumerator);
	uint64_t value;

	if (!name || !types_value(enumerator, &value))
		return;
	*ARRAY_PUSH(&m->layout->states) = (struct state){
		.value = value,
		.word = state_word(m, name),
		.role = role_of(m, name),
	};
}

static bool has_role(const struct layout *l, enum state_role role)
{
	for (size_t i = 0; i < l->states.n; i++)
		if (l->states.items[i].role == role)
			return true;
	return false;
}

static void check_roles(struct making *m)
{
	if (!has_role(m->layout, STATE_RUNNING))
		search_miss(&m->search, "enumerator",
			    search_name(&m->search, "state.running"));
	if (!has_role(m->layout, STATE_WAITING))
		search_miss(&m->search, "enumerator",
			    search_name(&m->search, "state.waiting"));
}

static void find_states(struct making *m, struct sought *type)
{
	Dwarf_Die die;

	if (!type->found || dwarf_child(&type->die, &die) != 0)
		return;
	do
		add_state(m, &die);
	while (dwarf_siblingof(&die, &die) == 0);
	check_roles(m);
}

/* The states that state.words tells: 0:idle 1:runnable ... */
static struct error *read_states(struct making *m)
{
	const struct names *names = &m->layout->names;
	const struct name *said = names_find(names, "state.words");

	for (const char *p = said ? said->name : ""; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");
		SCOPE(memory) char *word = strndup(p, n);
		char *colon;
		uint64_t value;

		if (!word)
			out_of_memory();
		value = strtoull(word, &colon, 0);
		if (colon == word || *colon != ':' || !colon[1])
			return names_mistake(names, said,
					     said->name_at + (p - said->name),
					     "'%s' is not of the form "
					     "number:word",
					     word);
		*ARRAY_PUSH(&m->layout->states) = (struct state){
			.value = value,
			.word = state_word(m, colon + 1),
			.role = role_of(m, colon + 1),
		};
		p += n;
	}
	return NULL;
}

/* Note where MODULE lies if it is one of the libraries. */
static int add_library(Dwfl_Module *module, void **data, const char *path,
		       Dwarf_Addr start, void *arg)
{
	struct making *m = arg;
	const char *slash = strrchr(path, '/');
	SCOPE(memory) char *stem = strdup(slash ? slash + 1 : path);
	Dwarf_Addr end;

	(void)data;
	if (!stem)
		out_of_memory();
	stem[strcspn(stem, ".-")] = '\0';
	if (!is_said(m, "runtime.libraries", stem))
		return DWARF_CB_OK;
	dwfl_module_info(module, NULL, NULL, &end, NULL, NULL, NULL, NULL);
	*ARRAY_PUSH(&m->layout->libraries) =
		(struct code){ addr(start), addr(end) };
	return DWARF_CB_OK;
}

static struct error *nothing_there(struct making *m, bool code)
{
	const char *section = names_of(&m->layout->names, "runtime.section");

	if (!code && section)
		return error_new("'%s' has neither the runtime linked in (no "
				 "section %s) nor debug information",
				 m->search.program->path, section);
	return error_new(
		"'%s' has no debug information: it was built without "
		"-g, or stripped; name a copy that was not (CORE EXE), "
		"or install its debug file, see seam(1)",
		m->search.program->path);
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
	bool code = find_code(m);

	m->search.low = l->code_low;
	m->search.end = l->code_end;
	if (!search_roots(&m->search, roots, NROOT, found, l))
		return nothing_there(m, code);
	search_parts(&m->search, parts, NPARTS, found, l);
	find_states(m, &found[STATE]);
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
		if (listed(list, n->items[i].noun))
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
		e = read_states(m);
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
