/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <dwarf.h>
#include <string.h>

#include "layout/layout.h"
#include "util/scope.h"

/* What is being put together, and what was not found for it. */
struct making {
	struct layout *layout;
	struct program *program;
	struct {
		ARRAY(char);
	} missing; /* "type G, variable allg"; not NUL-ended */
};

/* The types and variables that the others hang on. */
enum { GOROUTINE, SEGMENT, MACHINE, STATE, GOROUTINES, MACHINES, CLOCK, NROOT };

static const struct root {
	const char *noun;
	enum sought_kind kind;
} roots[NROOT] = {
	[GOROUTINE] = { "goroutine.type", SOUGHT_STRUCT },
	[SEGMENT] = { "segment.type", SOUGHT_STRUCT },
	[MACHINE] = { "machine.type", SOUGHT_STRUCT },
	[STATE] = { "state.type", SOUGHT_ENUM },
	[GOROUTINES] = { "goroutine.head", SOUGHT_VARIABLE },
	[MACHINES] = { "machine.head", SOUGHT_VARIABLE },
	[CLOCK] = { "clock.variable", SOUGHT_VARIABLE },
};

/* Where the field that a noun names is kept; MOST is the most bytes that it
 * may have. */
static const struct part {
	const char *noun;
	unsigned root;
	size_t at;
	uint64_t most;
} parts[] = {
#define PART(root, owner, field, most)                                         \
	{                                                                      \
#owner "." #field, root, offsetof(struct layout, owner.field), \
			most                                                   \
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
	{ "segment.size", SEGMENT, offsetof(struct layout, segment.bytes), 8 },
	PART(SEGMENT, segment, grower, 8),
	PART(MACHINE, machine, next, 8),
	PART(MACHINE, machine, id, 8),
	PART(MACHINE, machine, thread, 8),
	PART(MACHINE, machine, current, 8),
#undef PART
#define PART(noun, field)                                                      \
	{                                                                      \
		"clock." noun, CLOCK, offsetof(struct layout, clock.field), 8  \
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

static void append(struct making *m, const char *text)
{
	for (; *text; text++)
		*ARRAY_PUSH(&m->missing) = *text;
}

static void note_missing(struct making *m, const char *what, const char *name)
{
	append(m, m->missing.n ? ", " : "");
	append(m, what);
	append(m, " ");
	append(m, name);
}

/* What NOUN is called; a description without it is taken to call it so. */
static const char *name_of(struct making *m, const char *noun)
{
	const char *name = names_of(&m->layout->names, noun);

	return name ? name : noun;
}

static const char *kind_word(enum sought_kind kind)
{
	static const char *const words[] = { "struct", "enum", "variable" };

	return words[kind];
}

/* False if there is no debug information at all. */
static bool find_roots(struct making *m, struct sought *found)
{
	for (size_t i = 0; i < NROOT; i++)
		found[i] = (struct sought){ .name = name_of(m, roots[i].noun),
					    .kind = roots[i].kind };
	if (!types_find(m->program, m->layout->code_low, m->layout->code_end,
			found, NROOT))
		return false;
	for (size_t i = 0; i < NROOT; i++)
		if (!found[i].found)
			note_missing(m, kind_word(roots[i].kind),
				     found[i].name);
	return true;
}

static void find_part(struct making *m, struct sought *roots_found,
		      const struct part *part)
{
	struct sought *root = &roots_found[part->root];
	struct field *ret = (struct field *)((char *)m->layout + part->at);
	const char *name = name_of(m, part->noun);
	Dwarf_Die type = root->die;
	Dwarf_Word whole = 0;
	struct field f;

	if (!root->found)
		return;
	if (root->kind == SOUGHT_VARIABLE && !types_of(&root->die, &type))
		return note_missing(m, "the type of", root->name);
	dwarf_aggregate_size(&type, &whole);
	if (types_member(&type, name, &f) && f.size && f.size <= part->most
	    && f.offset <= whole && f.size <= whole - f.offset) {
		*ret = f;
		return;
	}
	append(m, m->missing.n ? ", " : "");
	append(m, "member ");
	append(m, root->name);
	append(m, ".");
	append(m, name);
}

static void find_parts(struct making *m, struct sought *found)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		find_part(m, found, &parts[i]);
}

static void find_size(struct making *m, struct sought *type, uint64_t *ret)
{
	Dwarf_Word size;

	if (!type->found)
		return;
	if (dwarf_aggregate_size(&type->die, &size) == 0)
		*ret = size;
	else
		note_missing(m, "the size of", type->name);
}

static void find_variable(struct making *m, struct sought *v, addr_t *ret)
{
	if (v->found && !types_address(m->program, &v->die, ret))
		note_missing(m, "the address of", v->name);
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
	if (listed(name_of(m, "state.unused"), name))
		return STATE_UNUSED;
	if (listed(name_of(m, "state.running"), name))
		return STATE_RUNNING;
	if (listed(name_of(m, "state.waiting"), name))
		return STATE_WAITING;
	return STATE_OTHER;
}

/* The enumerator's NAME as it is printed. */
static char *state_word(struct making *m, const char *name)
{
	const char *prefix = name_of(m, "state.prefix");
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
	Dwarf_Attribute a;
	Dwarf_Word value;

	if (!name
	    || dwarf_formudata(dwarf_attr(enumerator, DW_AT_const_value, &a),
			       &value)
		       != 0)
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
		note_missing(m, "enumerator", name_of(m, "state.running"));
	if (!has_role(m->layout, STATE_WAITING))
		note_missing(m, "enumerator", name_of(m, "state.waiting"));
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
	if (!listed(name_of(m, "runtime.libraries"), stem))
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
				 m->program->path,
				 name_of(m, "runtime.section"));
	return error_new("'%s' has no debug information: build it with -g, "
			 "or install its debug file",
			 m->program->path);
}

static struct error *find_all(struct making *m)
{
	struct layout *l = m->layout;
	struct sought found[NROOT];
	const char *section = name_of(m, "runtime.section");
	bool code = program_section(m->program, section, &l->code_low,
				    &l->code_end);

	if (!code)
		note_missing(m, "section", section);
	program_symbol(m->program, name_of(m, "seam.symbol"), &l->seam_low,
		       &l->seam_end);
	dwfl_getmodules(m->program->dwfl, add_library, m, 0);
	if (!find_roots(m, found))
		return nothing_there(m, code);
	find_parts(m, found);
	find_size(m, &found[GOROUTINE], &l->goroutine.size);
	find_size(m, &found[SEGMENT], &l->segment.size);
	find_size(m, &found[MACHINE], &l->machine.size);
	find_variable(m, &found[GOROUTINES], &l->goroutine.head);
	find_variable(m, &found[MACHINES], &l->machine.head);
	find_variable(m, &found[CLOCK], &l->clock.at);
	find_states(m, &found[STATE]);
	l->segment.type = found[SEGMENT].name;
	if (m->missing.n == 0)
		return NULL;
	return error_new("'%s' is not a program with the %s runtime, or was "
			 "built without -g; missing: %.*s",
			 m->program->path, name_of(m, "runtime"),
			 (int)m->missing.n, m->missing.items);
}

struct error *layout_open(struct program *p, const char *text, size_t size,
			  struct layout **ret)
{
	SCOPE(layout) struct layout *l = array_new(1, sizeof(*l));
	struct making m = { .layout = l, .program = p };
	struct error *e = names_parse(text, size, &l->names);

	if (!e)
		e = find_all(&m);
	free(m.missing.items);
	if (!e)
		*ret = RELEASE(l);
	return e;
}
