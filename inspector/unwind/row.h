/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row.h - a row of an unwind table, as we keep and apply it: where the CFA is
 * and how each register of the caller is found.
 */
#ifndef UNWIND_ROW_H
#define UNWIND_ROW_H

#include "unwind/eval.h"
#include "unwind/table.h"

enum rule_kind {
	RULE_SAME,	    /* the caller's value is ours */
	RULE_UNDEFINED,	    /* the caller's value is lost */
	RULE_REGISTER,	    /* the value of REG, plus OFFSET */
	RULE_CFA,	    /* the CFA plus OFFSET */
	RULE_AT_CFA,	    /* in memory at the CFA plus OFFSET */
	RULE_EXPRESSION,    /* what OPS yields */
	RULE_AT_EXPRESSION, /* in memory where OPS points */
};

struct rule {
	uint8_t kind;
	uint8_t reg;
	uint32_t nops;
	int64_t offset;
	Dwarf_Op *ops; /* owned by the row */
};

/* What most rows come to: the CFA is a register and an offset, and so many
 * registers, the return address first, are in memory at the CFA; those of the
 * mask SAME are kept, and all others are lost. */
struct plain_row {
	uint8_t cfa_reg;
	uint8_t n; /* 0: the row is not of this kind */
	uint32_t same;
	int64_t cfa_offset;
	struct saved {
		uint8_t reg;
		int32_t offset;
	} saved[NRegs];
};

struct row {
	struct rule cfa;
	struct rule regs[NRegs]; /* DwRip: where the caller goes on */
	bool signal; /* a signal's frame: its caller was interrupted */
	struct plain_row plain;
};

/* The row for AT, an address of the file, in its table T; NULL if there is
 * none. Freed with row_free(). */
struct row *row_find(const struct table *t, uint64_t at);
void row_free(struct row *row);

/*
 * From a frame's state (its cfa is not used) to its caller's registers. A
 * register that is not there becomes unknown, which for DwRip means: no
 * caller. Return NULL, or what stands in the way, in words, with the address
 * in *AT.
 */
const char *row_apply(const struct row *row, const struct frame_state *f,
		      struct regs *ret, addr_t *at);

#endif
