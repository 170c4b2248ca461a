/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * instructions.h - the instructions of an unwind table's entry (DWARF 5,
 * 6.4.2 and 6.4.3), run up to an address: what they say there.
 */
#ifndef UNWIND_INSTRUCTIONS_H
#define UNWIND_INSTRUCTIONS_H

#include "unwind/row.h"

/*
 * Fill the rules of ROW, which is zeroed, with what E says for AT, an address
 * of the file of T. False: E has an instruction that cannot be followed, or
 * does not say where the CFA is; ROW is then as it was.
 */
bool row_run(const struct table *t, const struct table_entry *e, uint64_t at,
	     struct row *row);

#endif
