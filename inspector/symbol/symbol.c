/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <string.h>

#include "layout/stubs.h"
#include "model/stacks.h"
#include "symbol/symbol.h"
#include "util/scope.h"
#include "util/text.h"

/* A line of a file, of which there may be none. */
struct source {
	const char *file;
	int line;
};

/* Debug information and symbols are the target's, too. */
static const char *shown(struct symbols *s, const char *text)
{
	return strings_add_foreign(&s->snapshot->strings, text, strlen(text));
}

/* The line that the unit's line table gives for AT. */
static struct source line_at(struct symbols *s, Dwarf_Die *unit, Dwarf_Addr at)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, at);
	struct source source = { NULL, 0 };
	const char *file;

	if (!line || dwarf_lineno(line, &source.line) != 0 || source.line <= 0)
		return source;
	file = dwarf_linesrc(line, NULL, NULL);
	if (file)
		source.file = shown(s, text_base_name(file));
	return source;
}

static bool number_of(Dwarf_Die *die, unsigned attribute, Dwarf_Word *ret)
{
	Dwarf_Attribute a;

	return dwarf_formudata(dwarf_attr(die, attribute, &a), ret) == 0;
}

/* Where an inlined function was called. */
static struct source call_of(struct symbols *s, Dwarf_Die *unit,
			     Dwarf_Die *inlined)
{
	struct source source = { NULL, 0 };
	Dwarf_Word line, index;
	Dwarf_Files *files;
	const char *file;
	size_t n;

	if (!number_of(inlined, DW_AT_call_line, &line)
	    || !number_of(inlined, DW_AT_call_file, &index)
	    || dwarf_getsrcfiles(unit, &files, &n) != 0)
		return source;
	file = dwarf_filesrc(files, index, NULL, NULL);
	if (!file)
		return source;
	source.file = shown(s, text_base_name(file));
	source.line = line;
	return source;
}

static void add_location(struct symbols *s, const char *function,
			 struct source source, bool inlined)
{
	*ARRAY_PUSH(&s->snapshot->locations) = (struct location){
		.function = shown(s, function),
		.file = source.file,
		.line = source.line,
		.inlined = inlined,
	};
}

/* The name of the symbol at AT, without its version; NULL: none. */
static const char *symbol_name(struct symbols *s, Dwfl_Module *m, addr_t at)
{
	const char *name = m ? dwfl_module_addrname(m, at.v) : NULL;

	return name ? strings_format(&s->snapshot->strings, "%.*s",
				     (int)strcspn(name, "@"), name)
		    : NULL;
}

/* A pc that no debug information names; LINE it may have nevertheless. */
static void add_symbol(struct symbols *s, Dwfl_Module *m, addr_t at,
		       struct source line)
{
	const char *name = symbol_name(s, m, at);
	const char *path = NULL;

	if (!name)
		name = stubs_name(&s->snapshot->strings, m, at);
	if (!name && m)
		dwfl_module_info(m, NULL, NULL, NULL, NULL, NULL, &path, NULL);
	if (!name)
		name = path ? strings_format(&s->snapshot->strings, "?? (%s)",
					     text_base_name(path))
			    : "??";
	add_location(s, name, line, false);
}

/* A line for each function, the innermost of which is at LINE. */
static void add_functions(struct symbols *s, Dwarf_Die *unit,
			  const struct functions *f, struct source line)
{
	for (size_t i = 0; i < f->n; i++) {
		Dwarf_Die *die = &f->items[i];
		bool inlined = dwarf_tag(die) == DW_TAG_inlined_subroutine;
		const char *name = dwarf_diename(die);

		add_location(s, name ? name : "??", line, inlined);
		if (inlined)
			line = call_of(s, unit, die);
	}
}

/* Whether the debug information is to be looked at for AT. */
static bool looks_at_debug(const struct symbols *s, Dwfl_Module *m, addr_t at)
{
	return m && (s->thorough || !layout_library_code(s->layout, at));
}

static void add_locations(struct symbols *s, Dwfl_Module *m, addr_t at)
{
	struct source line = { NULL, 0 };
	struct functions f = { 0 };
	Dwarf_Addr bias;
	Dwarf_Die unit;

	if (looks_at_debug(s, m, at)
	    && units_find(&s->units, m, at.v, &unit, &bias)) {
		functions_around(&unit, at.v - bias, &f);
		line = line_at(s, &unit, at.v - bias);
	}
	if (f.n)
		add_functions(s, &unit, &f, line);
	else
		add_symbol(s, m, at, line);
	free(f.items);
}

/* No code is at this address, which stands for what the kernel and libc put
 * between a signal handler and what it interrupted. */
static const addr_t SignalReturn = { UINT64_MAX };
static const char SignalName[] = "<signal handler called>";

static struct place make_place(struct symbols *s, addr_t at)
{
	Dwfl_Module *m = dwfl_addrmodule(s->program->dwfl, at.v);
	size_t first = s->snapshot->locations.n;

	if (addr_eq(at, SignalReturn))
		add_location(s, SignalName, (struct source){ NULL, 0 }, false);
	else
		add_locations(s, m, at);
	return (struct place){ first, s->snapshot->locations.n - first };
}

uint32_t symbols_place(struct symbols *s, addr_t at)
{
	uint32_t *known = map_get(&s->index, at.v);
	uint32_t new = s->snapshot->places.n;
	struct place place;

	if (known)
		return *known;
	place = make_place(s, at);
	map_put(&s->index, at.v, new);
	*ARRAY_PUSH(&s->snapshot->places) = place;
	return new;
}

/* The address that a frame is named by. */
static addr_t named_by(const struct frame *f)
{
	if (f->signal)
		return SignalReturn;
	return f->kind == FRAME_CALL ? addr_minus(f->pc, 1) : f->pc;
}

void symbols_name_frames(struct symbols *s)
{
	for (size_t i = 0; i < s->snapshot->frames.n; i++) {
		struct frame *f = &s->snapshot->frames.items[i];

		f->place = symbols_place(s, named_by(f));
	}
}

uint32_t symbols_caller(struct symbols *s, addr_t at)
{
	uint32_t place;

	if (addr_null(at))
		return NONE;
	place = symbols_place(s, addr_minus(at, 1));
	return s->snapshot->places.items[place].first;
}

/*
 * Where the function begins that RETURNS, a return address, is in. What asks
 * for a segment has no line of its own: gcc gives it that of the function's
 * first, clang none.
 */
static addr_t function_start(struct symbols *s, addr_t returns)
{
	addr_t inside = addr_minus(returns, 1);
	Dwfl_Module *m = dwfl_addrmodule(s->program->dwfl, inside.v);
	GElf_Off offset;
	GElf_Sym symbol;

	if (!m
	    || !dwfl_module_addrinfo(m, inside.v, &offset, &symbol, NULL, NULL,
				     NULL))
		return inside;
	return addr_minus(inside, offset);
}

/* Who grew from OLDER, one of the program's goroutines' segments, where it was
 * left: the stub's return address is behind the frame pointer. */
static uint32_t find_grower(struct symbols *s, const struct segment *older)
{
	addr_t at;
	uint32_t place;

	if (!segment_read(older, addr_plus(older->sp, 8), &at.v, sizeof(at.v)))
		return NONE;
	place = symbols_place(s, function_start(s, at));
	return s->snapshot->places.items[place].first;
}

void symbols_name_growers(struct symbols *s)
{
	for (size_t i = 0; i < s->snapshot->goroutines.n; i++) {
		struct span own = s->snapshot->goroutines.items[i].segments;
		struct segment *g = s->snapshot->segments.items + own.first;

		for (size_t j = 0; j + 1 < own.n; j++)
			g[j].grown_by = find_grower(s, &g[j + 1]);
	}
}

void symbols_name_creators(struct symbols *s)
{
	for (size_t i = 0; i < s->snapshot->goroutines.n; i++) {
		struct goroutine *g = &s->snapshot->goroutines.items[i];

		g->created_by =
			symbols_caller(s, origin_of(s->snapshot, g)->creator);
	}
}
