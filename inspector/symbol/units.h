/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * units.h - the unit of debug information that a pc belongs to. The libraries
 * look in .debug_aranges, which some compilers (clang) do not write; where that
 * fails we look in the units' own ranges, sorted once per module.
 */
#ifndef SYMBOL_UNITS_H
#define SYMBOL_UNITS_H

#include <elfutils/libdwfl.h>

#include "util/array.h"

struct unit_range {
	Dwarf_Addr low; /* as the module is mapped */
	Dwarf_Addr end;
	Dwarf_Addr bias;
	Dwarf_Die unit;
};

struct units {
	ARRAY(struct module_units {
		Dwfl_Module *module;
		struct {
			ARRAY(struct unit_range);
		} ranges; /* by address */
	});
};

/* Zeroed is empty. */
void units_free(struct units *u);

/* The unit of module M with code at AT; false if there is none. *BIAS is to be
 * subtracted from AT for the unit. */
bool units_find(struct units *u, Dwfl_Module *m, Dwarf_Addr at, Dwarf_Die *ret,
		Dwarf_Addr *bias);

#endif
