/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <string.h>

#include "unwind/row.h"
#include "util/scope.h"

static bool is_breg(const Dwarf_Op *op)
{
	return op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31;
}

static struct rule expression(enum rule_kind kind, const Dwarf_Op *ops,
			      size_t n)
{
	struct rule r = { .kind = kind, .nops = n };

	r.ops = array_new(n, sizeof(*ops));
	memcpy(r.ops, ops, n * sizeof(*ops));
	return r;
}

/* The CFA, or any other value: usually a register and an offset. */
static struct rule value_rule(const Dwarf_Op *ops, size_t n)
{
	struct rule r = { .kind = RULE_REGISTER };

	if (n == 1 && is_breg(ops)) {
		r.reg = ops->atom - DW_OP_breg0;
		r.offset = ops->number;
		return r;
	}
	if (n == 1 && ops->atom == DW_OP_bregx && ops->number < NRegs) {
		r.reg = ops->number;
		r.offset = ops->number2;
		return r;
	}
	return expression(RULE_EXPRESSION, ops, n);
}

/* A register's rule, from the location that libdw gives. */
static struct rule location_rule(const Dwarf_Op *ops, size_t n)
{
	struct rule r = { .kind = RULE_AT_CFA };

	if (n == 1 && ops->atom >= DW_OP_reg0 && ops->atom <= DW_OP_reg31)
		return (struct rule){ .kind = RULE_REGISTER,
				      .reg = ops->atom - DW_OP_reg0 };
	if (n == 1 && ops->atom == DW_OP_regx && ops->number < NRegs)
		return (struct rule){ .kind = RULE_REGISTER,
				      .reg = ops->number };
	if (n > 1 && ops[n - 1].atom == DW_OP_stack_value) {
		r.kind = RULE_CFA;
		n--;
	}
	if (n == 1 && ops[0].atom == DW_OP_call_frame_cfa)
		return r;
	if (n == 2 && ops[0].atom == DW_OP_call_frame_cfa
	    && ops[1].atom == DW_OP_plus_uconst) {
		r.offset = ops[1].number;
		return r;
	}
	return expression(r.kind == RULE_CFA ? RULE_EXPRESSION
					     : RULE_AT_EXPRESSION,
			  ops, n);
}

static struct rule register_rule(Dwarf_Frame *frame, int reg)
{
	Dwarf_Op room[3], *ops;
	size_t n;

	if (dwarf_frame_register(frame, reg, room, &ops, &n) != 0)
		return (struct rule){ .kind = RULE_UNDEFINED };
	if (n == 0)
		return (struct rule){ .kind = ops == room ? RULE_UNDEFINED
							  : RULE_SAME };
	return location_rule(ops, n);
}

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

struct row *row_make(Dwarf_Frame *frame)
{
	struct row *row;
	Dwarf_Op *ops;
	size_t n;
	int pc;

	if (dwarf_frame_cfa(frame, &ops, &n) != 0 || n == 0)
		return NULL;
	row = array_new(1, sizeof(*row));
	row->cfa = value_rule(ops, n);
	pc = dwarf_frame_info(frame, NULL, NULL, &row->signal);
	for (int i = 0; i < DwRip; i++)
		row->regs[i] = register_rule(frame, i);
	row->regs[DwRip] = register_rule(frame, pc);
	/* Callee-saved, but not in the defaults of libdw (0.188). */
	if (row->regs[DwRbx].kind == RULE_UNDEFINED)
		row->regs[DwRbx].kind = RULE_SAME;
	/* By definition, unless the table says otherwise. */
	if (row->regs[DwRsp].kind <= RULE_UNDEFINED)
		row->regs[DwRsp] = (struct rule){ .kind = RULE_CFA };
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

static struct row *find_in(Dwarf_CFI *cfi, Dwarf_Addr at)
{
	SCOPE(memory) Dwarf_Frame *frame = NULL;

	if (!cfi || dwarf_cfi_addrframe(cfi, at, &frame) != 0)
		return NULL;
	return row_make(frame);
}

struct row *row_find(struct program *p, addr_t at)
{
	Dwfl_Module *m = dwfl_addrmodule(p->dwfl, at.v);
	Dwarf_Addr bias;
	Dwarf_CFI *cfi;
	struct row *row;

	if (!m)
		return NULL;
	cfi = dwfl_module_eh_cfi(m, &bias);
	row = find_in(cfi, at.v - bias);
	if (row)
		return row;
	cfi = dwfl_module_dwarf_cfi(m, &bias);
	return find_in(cfi, at.v - bias);
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
