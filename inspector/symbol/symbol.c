/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <string.h>

#include "symbol/symbol.h"
#include "util/scope.h"

/* A line of a file, of which there may be none. */
struct source {
	const char *file;
	int line;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The line that the line table gives for AT. */
static struct source line_at(struct symbols *s, Dwfl_Module *m, addr_t at)
{
	Dwfl_Line *line = m ? dwfl_module_getsrc(m, at.v) : NULL;
	struct source source = { NULL, 0 };
	const char *file = NULL;

	if (line)
		file = dwfl_lineinfo(line, NULL, &source.line, NULL, NULL,
				     NULL);
	if (file && source.line > 0)
		source.file = strings_add(&s->snapshot->strings,
					  base_name(file));
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
	source.file = strings_add(&s->snapshot->strings, base_name(file));
	source.line = line;
	return source;
}

static void add_location(struct symbols *s, const char *function,
			 struct source source, bool inlined)
{
	*ARRAY_PUSH(&s->snapshot->locations) = (struct location){
		.function = strings_add(&s->snapshot->strings, function),
		.file = source.file,
		.line = source.line,
		.inlined = inlined,
	};
}

/* A pc that no debug information names. */
static void add_symbol(struct symbols *s, Dwfl_Module *m, addr_t at)
{
	const char *name = m ? dwfl_module_addrname(m, at.v) : NULL;
	const char *path = NULL;

	if (name) {
		add_location(s, name, line_at(s, m, at), false);
		return;
	}
	if (m)
		dwfl_module_info(m, NULL, NULL, NULL, NULL, NULL, &path, NULL);
	name = path ? strings_format(&s->snapshot->strings, "?? (%s)",
				     base_name(path))
		    : "??";
	add_location(s, name, (struct source){ NULL, 0 }, false);
}

/* The functions that the debug information has at AT. False: none. */
static bool add_functions(struct symbols *s, Dwfl_Module *m, addr_t at)
{
	struct functions f = { 0 };
	Dwarf_Addr bias;
	Dwarf_Die *unit = m ? dwfl_module_addrdie(m, at.v, &bias) : NULL;
	struct source source;
	size_t i;

	if (unit)
		functions_around(unit, at.v - bias, &f);
	source = line_at(s, m, at);
	for (i = 0; i < f.n; i++) {
		bool inlined = dwarf_tag(&f.items[i])
			       == DW_TAG_inlined_subroutine;
		const char *name = dwarf_diename(&f.items[i]);

		add_location(s, name ? name : "??", source, inlined);
		if (inlined)
			source = call_of(s, unit, &f.items[i]);
	}
	free(f.items);
	return i > 0;
}

static struct place make_place(struct symbols *s, addr_t at)
{
	Dwfl_Module *m = dwfl_addrmodule(s->program->dwfl, at.v);
	size_t first = s->snapshot->locations.n;

	if (!add_functions(s, m, at))
		add_symbol(s, m, at);
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

void symbols_name_frames(struct symbols *s)
{
	for (size_t i = 0; i < s->snapshot->frames.n; i++) {
		struct frame *f = &s->snapshot->frames.items[i];

		f->place = symbols_place(s, f->kind == FRAME_CALL
						    ? addr_minus(f->pc, 1)
						    : f->pc);
	}
}

/* The innermost location of the call that returns to AT; NONE if AT is 0. */
static uint32_t caller_at(struct symbols *s, addr_t at)
{
	uint32_t place;

	if (addr_null(at))
		return NONE;
	place = symbols_place(s, addr_minus(at, 1));
	return s->snapshot->places.items[place].first;
}

void symbols_name_growers(struct symbols *s)
{
	for (size_t i = 0; i < s->snapshot->segments.n; i++) {
		struct segment *segment = &s->snapshot->segments.items[i];

		segment->grown_by = caller_at(s, segment->grower);
	}
}

void symbols_name_creators(struct symbols *s)
{
	for (size_t i = 0; i < s->snapshot->goroutines.n; i++) {
		struct goroutine *g = &s->snapshot->goroutines.items[i];

		g->created_by = caller_at(s, g->creator);
	}
}
