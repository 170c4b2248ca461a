/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>

#include "symbol/symbol.h"

/* Blocks in blocks, and functions inlined in functions: deeper ones come from
 * damage. */
enum { NestingMost = 256 };

/* What can hold code, or holds what does. */
static bool may_hold(Dwarf_Die *die, Dwarf_Addr at)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
		return dwarf_haspc(die, at) == 1;
	case DW_TAG_namespace:
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
		return true;
	default:
		return false;
	}
}

static bool is_function(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine;
}

/* Add the functions below PARENT, innermost first. */
static void descend(Dwarf_Die *parent, Dwarf_Addr at, unsigned depth,
		    struct functions *ret)
{
	size_t before = ret->n;
	Dwarf_Die die;

	if (depth == NestingMost || dwarf_child(parent, &die) != 0)
		return;
	do {
		if (!may_hold(&die, at))
			continue;
		descend(&die, at, depth + 1, ret);
		if (is_function(&die))
			*ARRAY_PUSH(ret) = die;
	} while (ret->n == before && dwarf_siblingof(&die, &die) == 0);
}

void functions_around(Dwarf_Die *unit, Dwarf_Addr at, struct functions *ret)
{
	descend(unit, at, 0, ret);
}
