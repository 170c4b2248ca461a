/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "unwind/instructions.h"
#include "unwind/row.h"

static bool add_saved(struct plain_row *plain, const struct rule *r, int reg)
{
	if (r->kind != RULE_AT_CFA || r->offset != (int32_t)r->offset)
		return false;
	plain->saved[plain->n++] = (struct saved){ reg, (int32_t)r->offset };
	return true;
}

static bool is_plain(struct plain_row *plain, const struct row *row)
{
	const struct rule *sp = &row->regs[DwRsp];

	if (row->cfa.kind != RULE_REGISTER || sp->kind != RULE_CFA
	    || sp->offset != 0 || !add_saved(plain, &row->regs[DwRip], DwRip))
		return false;
	for (int i = 0; i < DwRip; i++) {
		const struct rule *r = &row->regs[i];

		if (r->kind == RULE_SAME)
			plain->same |= UINT32_C(1) << i;
		else if (i != DwRsp && r->kind != RULE_UNDEFINED
			 && !add_saved(plain, r, i))
			return false;
	}
	return true;
}

static void fill_plain(struct row *row)
{
	struct plain_row plain = { .cfa_reg = row->cfa.reg,
				   .cfa_offset = row->cfa.offset };

	if (is_plain(&plain, row))
		row->plain = plain;
}

struct row *row_find(const struct table *t, uint64_t at)
{
	struct table_entry e;
	struct row *row;

	if (!table_find(t, at, &e))
		return NULL;
	row = array_new(1, sizeof(*row));
	if (!row_run(t, &e, at, row)) {
		free(row);
		return NULL;
	}
	row->signal = e.signal;
	fill_plain(row);
	return row;
}

void row_free(struct row *row)
{
	if (!row)
		return;
	free(row->cfa.ops);
	for (int i = 0; i < NRegs; i++)
		free(row->regs[i].ops);
	free(row);
}

static bool rule_value(const struct rule *r, const struct frame_state *f,
		       uint64_t *ret)
{
	switch (r->kind) {
	case RULE_REGISTER:
		if (!regs_know(f->regs, r->reg))
			return false;
		*ret = f->regs->value[r->reg] + r->offset;
		return true;
	case RULE_CFA:
	case RULE_AT_CFA:
		*ret = f->cfa + r->offset;
		return true;
	case RULE_EXPRESSION:
	case RULE_AT_EXPRESSION:
		return eval(r->ops, r->nops, f, ret);
	default:
		return false;
	}
}

/* The caller's register REG, if it is to be had. */
static void apply_rule(const struct row *row, int reg,
		       const struct frame_state *f, struct regs *ret)
{
	const struct rule *r = &row->regs[reg];
	uint64_t value;

	if (r->kind == RULE_SAME) {
		if (reg != DwRip && regs_know(f->regs, reg))
			regs_set(ret, reg, f->regs->value[reg]);
		return;
	}
	if (!rule_value(r, f, &value))
		return;
	if ((r->kind == RULE_AT_CFA || r->kind == RULE_AT_EXPRESSION)
	    && !f->read(f->arg, addr(value), &value, sizeof(value)))
		return;
	regs_set(ret, reg, value);
}

/* Where the return address should have been, for the message. */
static addr_t place_of(const struct rule *r, const struct frame_state *f)
{
	uint64_t value;

	return addr(rule_value(r, f, &value) ? value : 0);
}

const char *row_apply(const struct row *row, const struct frame_state *f,
		      struct regs *ret, addr_t *at)
{
	struct frame_state own = *f;
	struct regs caller = { .known = 0 };

	*at = addr(0);
	if (!rule_value(&row->cfa, f, &own.cfa))
		return "the unwind table's CFA cannot be computed";
	for (int i = 0; i < NRegs; i++)
		apply_rule(row, i, &own, &caller);
	*ret = caller;
	if (row->regs[DwRip].kind == RULE_UNDEFINED
	    || regs_know(&caller, DwRip))
		return NULL;
	*at = place_of(&row->regs[DwRip], &own);
	return "the return address cannot be read";
}
