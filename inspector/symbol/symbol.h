/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * symbol.h - from a pc to functions, inlined ones included, and lines; each
 * pc once. Names are those of the debug information or else of the symbol
 * table; a pc that has neither is "??", with the library's name. Of libraries
 * that the runtime calls, libc among them, there is much debug information,
 * which takes longer to unpack than all the rest, for a few frames: they have
 * names of the symbol table alone, unless it is asked for.
 *
 *	symbol.c	a pc's place
 *	units.c		the unit of debug information that has a pc
 *	objects.c	what goroutines wait for, and variables
 *	inline.c	the functions around a pc in a unit
 */
#ifndef SYMBOL_SYMBOL_H
#define SYMBOL_SYMBOL_H

#include <elfutils/libdw.h>

#include "layout/layout.h"
#include "model/model.h"
#include "symbol/units.h"

/* The functions of a unit whose code holds an address, innermost first:
 * subprograms and inlined subroutines. */
struct functions {
	ARRAY(Dwarf_Die);
};

/* What debug information has of an address in code. */
struct debug_code {
	Dwarf_Die unit;
	Dwarf_Addr bias; /* to be subtracted from addresses for the unit */
	struct functions functions; /* none: it has nothing */
};

struct symbols {
	struct program *program;
	const struct layout *layout;
	struct snapshot *snapshot;
	bool thorough; /* debug information of the runtime's libraries, too */
	struct map index; /* address to place */
	struct map codes; /* address to its CODE */
	struct {
		ARRAY(struct debug_code);
	} code;
	struct units units;
};

static inline void symbols_scope(struct symbols *s)
{
	for (size_t i = 0; i < s->code.n; i++)
		free(s->code.items[i].functions.items);
	free(s->code.items);
	map_free(&s->codes);
	map_free(&s->index);
	units_free(&s->units);
}

/* The place of the code at AT: an index into the snapshot's places. */
uint32_t symbols_place(struct symbols *s, addr_t at);

/* Give each frame of the snapshot its place. */
void symbols_name_frames(struct symbols *s);

/* And each segment and goroutine the one that grew, or made, it. */
void symbols_name_growers(struct symbols *s);
void symbols_name_creators(struct symbols *s);

/* And each object, with the variable that it is in. objects.c */
void symbols_name_objects(struct symbols *s);

/* The variable at AT: "name", "name+8"; NULL: there is none. objects.c */
const char *symbols_variable(struct symbols *s, addr_t at);

/* The innermost location of the call that returns to AT; NONE if AT is 0. */
uint32_t symbols_caller(struct symbols *s, addr_t at);

/* Those of a unit whose code holds AT, in the unit's own terms. inline.c */
void functions_around(Dwarf_Die *unit, Dwarf_Addr at, struct functions *ret);

#endif
