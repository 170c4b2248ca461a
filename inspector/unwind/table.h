/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table.h - a module's unwind table: .eh_frame or .debug_frame, and which of
 * its entries an address has. Read here and not by libdw (0.188), which takes
 * as much memory as the numbers of registers in a table say.
 *
 * An entry that cannot be understood is left out, and so is what the search
 * table (.eh_frame_hdr) says: where it is wrong, the entries are still right.
 * All are noted when a table is opened; one that has a million takes 24 MB.
 *
 * Source: DWARF 5, 6.4; Linux Standard Base 5, 10.5 and 10.6.
 */
#ifndef UNWIND_TABLE_H
#define UNWIND_TABLE_H

#include <libelf.h>

#include "util/array.h"
#include "util/reader.h"

enum table_kind { TABLE_EH, TABLE_DEBUG };

struct table {
	enum table_kind kind;
	struct reader bytes; /* the section's, of the Elf; none: no table */
	uint64_t address;    /* of its first byte, as the file says */
	struct {
		/* Ascending. The entry for [first, end) lies at OFFSET. */
		ARRAY(struct covered {
			uint64_t first;
			uint64_t end;
			uint32_t offset;
		});
	} entries;
};

/* What is said of a function (FDE) and of those like it (CIE). */
struct table_entry {
	uint64_t first; /* the function begins there, as the file says */
	uint64_t size;
	struct reader common; /* instructions that come first, */
	struct reader own;    /* and then */
	uint64_t code_factor;
	int64_t data_factor;
	uint64_t return_column;
	uint8_t encoding; /* of its addresses (DW_EH_PE_...) */
	bool signal;	  /* a signal's frame */
	bool augmented;
};

/* That of ELF (NULL: none), or of the BYTES of a section at ADDRESS; they must
 * outlive it. Freed with table_close(). */
struct table table_open(Elf *elf, enum table_kind kind);
struct table table_of(struct reader bytes, uint64_t address,
		      enum table_kind kind);
void table_close(struct table *t);

/* The entry for AT, an address of the file. False: there is none. */
bool table_find(const struct table *t, uint64_t at, struct table_entry *ret);

/* The address that is next in R, of the table's bytes. R fails at an encoding
 * that unwind tables of x86-64 do not have. */
uint64_t table_address(const struct table *t, struct reader *r,
		       uint8_t encoding);

#endif
