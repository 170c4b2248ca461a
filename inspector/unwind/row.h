/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * row.h - a row of an unwind table, as we keep and apply it: where the CFA is
 * and how each register of the caller is found. Rows are made once per pc.
 */
#ifndef UNWIND_ROW_H
#define UNWIND_ROW_H

#include "layout/program.h"
#include "unwind/eval.h"
#include "util/map.h"

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

struct row {
	struct rule cfa;
	struct rule regs[NRegs]; /* DwRip: where the caller goes on */
	bool signal; /* a signal's frame: its caller was interrupted */
};

/* Rows by the address that they are for. Zeroed is empty. */
struct rows {
	struct map index;
	struct {
		ARRAY(struct row *); /* NULL: there is no row */
	} all;
};

void rows_free(struct rows *r);

/* The row for AT in the program's tables (.eh_frame, then .debug_frame); NULL
 * if they have none. Belongs to ROWS. */
const struct row *rows_at(struct rows *rows, struct program *p, addr_t at);

/* A row made by libdw's description of a frame. NULL: it has no CFA. The
 * caller frees it with row_free(). */
struct row *row_make(Dwarf_Frame *frame);
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
