/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <dwarf.h>
#include <string.h>

#include "layout/layout.h"
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
	[GOROUTINE] = { "goroutine.type", SOUGHT_STRUCT, AT(goroutine.size) },
	[SEGMENT] = { "segment.type", SOUGHT_STRUCT, AT(segment.size) },
	[MACHINE] = { "machine.type", SOUGHT_STRUCT, AT(machine.size) },
	[STATE] = { "state.type", SOUGHT_ENUM, NOWHERE },
	[GOROUTINES] = { "goroutine.head", SOUGHT_VARIABLE,
			 AT(goroutine.head) },
	[MACHINES] = { "machine.head", SOUGHT_VARIABLE, AT(machine.head) },
	[CLOCK] = { "clock.variable", SOUGHT_VARIABLE, AT(clock.at) },
};

static const struct part parts[] = {
#define PART(root, owner, field, most)                                         \
	{                                                                      \
#owner "." #field, root, AT(owner.field), most                 \
	}
	PART(GOROUTINE, goroutine, next, 8),
	PART(GOROUTINE, goroutine, id, 8),
	PART(GOROUTINE, goroutine, state, 8),
	PART(GOROUTINE, goroutine, wait, 8),
	PART(GOROUTINE, goroutine, reason, 8),
	PART(GOROUTINE, goroutine, object, 8),
	PART(GOROUTINE, goroutine, since, 8),
	PART(GOROUTINE, goroutine, creator, 8),
	PART(GOROUTINE, goroutine, entry, 8),
	PART(GOROUTINE, goroutine, name, 256),
	PART(GOROUTINE, goroutine, machine, 8),
	PART(GOROUTINE, goroutine, sp, 8),
	PART(GOROUTINE, goroutine, pc, 8),
	PART(GOROUTINE, goroutine, top, 8),
	PART(GOROUTINE, goroutine, low, 8),
	PART(GOROUTINE, goroutine, bytes, 8),
	PART(SEGMENT, segment, next, 8),
	PART(SEGMENT, segment, boundary, 8),
	PART(SEGMENT, segment, low, 8),
	{ "segment.size", SEGMENT, AT(segment.bytes), 8 },
	PART(MACHINE, machine, next, 8),
	PART(MACHINE, machine, id, 8),
	PART(MACHINE, machine, thread, 8),
	PART(MACHINE, machine, current, 8),
#undef PART
#define PART(noun, field)                                                      \
	{                                                                      \
		"clock." noun, CLOCK, AT(clock.field), 8                       \
	}
	PART("first.ticks", first_ticks),
	PART("first.ns", first_ns),
	PART("last.ticks", last_ticks),
	PART("last.ns", last_ns),
#undef PART
};

void layout_close(struct layout *l)
{
	for (size_t i = 0; i < l->states.n; i++)
		free(l->states.items[i].word);
	free(l->states.items);
	free(l->libraries.items);
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

static enum state_role role_of(struct making *m, const char *name)
{
	if (listed(search_name(&m->search, "state.unused"), name))
		return STATE_UNUSED;
	if (listed(search_name(&m->search, "state.running"), name))
		return STATE_RUNNING;
	if (listed(search_name(&m->search, "state.waiting"), name))
		return STATE_WAITING;
	return STATE_OTHER;
}

/* The enumerator's NAME as it is printed. */
static char *state_word(struct making *m, const char *name)
{
	const char *prefix = search_name(&m->search, "state.prefix");
	size_t n = strlen(prefix);
	char *word = strdup(strncmp(name, prefix, n) == 0 ? name + n : name);

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

static void find_states(struct making *m, struct sought *type)
{
	Dwarf_Die die;

	if (!type->found || dwarf_child(&type->die, &die) != 0)
		return;
	do
		add_state(m, &die);
	while (dwarf_siblingof(&die, &die) == 0);
	if (!has_role(m->layout, STATE_RUNNING))
		search_miss(&m->search, "enumerator",
			    search_name(&m->search, "state.running"));
	if (!has_role(m->layout, STATE_WAITING))
		search_miss(&m->search, "enumerator",
			    search_name(&m->search, "state.waiting"));
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
	if (!listed(search_name(&m->search, "runtime.libraries"), stem))
		return DWARF_CB_OK;
	dwfl_module_info(module, NULL, NULL, &end, NULL, NULL, NULL, NULL);
	*ARRAY_PUSH(&m->layout->libraries) =
		(struct code){ addr(start), addr(end) };
	return DWARF_CB_OK;
}

static struct error *nothing_there(struct making *m, bool code)
{
	if (!code)
		return error_new("'%s' has neither the runtime linked in (no "
				 "section %s) nor debug information",
				 m->search.program->path,
				 search_name(&m->search, "runtime.section"));
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

static struct error *find_all(struct making *m)
{
	struct layout *l = m->layout;
	struct sought found[NROOT];
	const char *section = search_name(&m->search, "runtime.section");
	bool code;

	program_choose(m->search.program, section);
	code = program_section(m->search.program, section, &l->code_low,
			       &l->code_end);
	if (!code)
		search_miss(&m->search, "section", section);
	program_symbol(m->search.program,
		       search_name(&m->search, "seam.symbol"), &l->seam_low,
		       &l->seam_end);
	dwfl_getmodules(m->search.program->dwfl, add_library, m, 0);
	m->search.low = l->code_low;
	m->search.end = l->code_end;
	if (!search_roots(&m->search, roots, NROOT, found, l))
		return nothing_there(m, code);
	search_parts(&m->search, parts, sizeof(parts) / sizeof(*parts), found,
		     l);
	find_states(m, &found[STATE]);
	l->segment.type = found[SEGMENT].name;
	return search_missing(&m->search);
}

struct error *layout_open(struct program *p, const char *text, size_t size,
			  struct layout **ret)
{
	SCOPE(layout) struct layout *l = array_new(1, sizeof(*l));
	struct making m = {
		.layout = l,
		.search = { .program = p, .names = &l->names },
	};
	struct error *e = names_parse(text, size, &l->names);

	if (!e)
		e = find_all(&m);
	search_scope(&m.search);
	if (!e)
		*ret = RELEASE(l);
	return e;
}
