/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * types.h - types and variables by name, from the executable's DWARF. Where a
 * name stands for more than one thing, the runtime's own wins: the one in a
 * unit whose code lies in the runtime's section.
 */
#ifndef LAYOUT_TYPES_H
#define LAYOUT_TYPES_H

#include <elfutils/libdw.h>

#include "layout/program.h"

struct formula;

/* Part of a struct, or what is calculated for it. */
struct field {
	uint64_t offset;
	uint64_t size;
	const struct formula *formula; /* NULL: it is a part */
};

static inline bool field_there(struct field f)
{
	return f.size || f.formula;
}

enum sought_kind {
	SOUGHT_STRUCT,
	SOUGHT_ENUM,
	SOUGHT_VARIABLE,
	SOUGHT_ENUMERATOR, /* of whichever enum */
};

struct sought {
	const char *name; /* NULL: nothing */
	enum sought_kind kind;
	bool found;
	bool sized;    /* it is not, but the description says its size */
	uint64_t size; /* of a struct */
	Dwarf_Die die; /* of a complete definition, if found */
};

/* False if there is no debug information. LOW and END are the runtime's
 * section. */
bool types_find(struct program *p, addr_t low, addr_t end,
		struct sought *sought, size_t n);

/* The member at PATH (a.b.c) of the struct TYPE. False: no such member. */
bool types_member(Dwarf_Die *type, const char *path, struct field *ret);

/* The member NAME of the struct TYPE, and where in it it is. */
bool types_direct(Dwarf_Die *type, const char *name, Dwarf_Die *ret,
		  uint64_t *offset);

/* Where a variable lies. False if the compiler gave it no fixed place. */
bool types_address(struct program *p, Dwarf_Die *variable, addr_t *ret);

/* What an enumerator stands for. */
bool types_value(Dwarf_Die *enumerator, uint64_t *ret);

/* The struct or enum that a variable, member or typedef is of. */
bool types_of(Dwarf_Die *die, Dwarf_Die *ret);

#endif
