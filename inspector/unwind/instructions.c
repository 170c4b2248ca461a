/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <string.h>

#include "unwind/expression.h"
#include "unwind/instructions.h"

/* Compilers remember one state inside another, if at all. */
enum { RememberedMost = 16 };

/* The upper two bits of some instructions; the lower six are their operand. */
enum { PrimaryMask = 0xc0, OperandMask = 0x3f };

/* A rule whose expression is still bytes. */
struct draft {
	struct rule rule;
	struct reader code;
};

/* The CFA's is RULE_UNDEFINED as long as nothing was said. */
struct rules {
	struct draft cfa;
	struct draft regs[NRegs];
};

struct machine {
	const struct table *table;
	const struct table_entry *entry;
	uint64_t at; /* the instructions that follow are for here and on */
	struct rules now;
	struct rules initial; /* as the CIE leaves them */
	struct rules remembered[RememberedMost];
	unsigned nremembered;
	bool failed;
};

/* Nothing is said: what functions keep by the ABI (psABI 3.2.1). */
static struct rules defaults(void)
{
	static const uint8_t kept[] = { DwRbx, DwRbp, 12, 13, 14, 15 };
	struct rules r;

	memset(&r, 0, sizeof(r));
	r.cfa.rule.kind = RULE_UNDEFINED;
	for (int i = 0; i < NRegs; i++)
		r.regs[i].rule.kind = RULE_UNDEFINED;
	for (size_t i = 0; i < sizeof(kept); i++)
		r.regs[kept[i]].rule.kind = RULE_SAME;
	r.regs[DwRsp].rule.kind = RULE_CFA;
	return r;
}

static void set(struct machine *m, uint64_t reg, struct rule rule)
{
	if (reg < NRegs)
		m->now.regs[reg].rule = rule;
}

static void set_kind(struct machine *m, uint64_t reg, enum rule_kind kind)
{
	set(m, reg, (struct rule){ .kind = kind });
}

static int64_t factored(const struct machine *m, int64_t n)
{
	return (uint64_t)n * (uint64_t)m->entry->data_factor;
}

static void set_offset(struct machine *m, uint64_t reg, enum rule_kind kind,
		       int64_t n)
{
	set(m, reg, (struct rule){ .kind = kind, .offset = factored(m, n) });
}

/* Its value is in OTHER; one that we do not keep is no value at all. */
static void set_register(struct machine *m, uint64_t reg, uint64_t other)
{
	set(m, reg,
	    (struct rule){
		    .kind = other < NRegs ? RULE_REGISTER : RULE_EXPRESSION,
		    .reg = other,
	    });
	if (reg < NRegs)
		m->now.regs[reg].code = (struct reader){ .failed = true };
}

static void set_expression(struct machine *m, uint64_t reg, enum rule_kind kind,
			   struct reader code)
{
	set_kind(m, reg, kind);
	if (reg < NRegs)
		m->now.regs[reg].code = code;
}

static void restore(struct machine *m, uint64_t reg)
{
	if (reg < NRegs)
		m->now.regs[reg] = m->initial.regs[reg];
}

static void set_cfa(struct machine *m, uint64_t reg, int64_t offset)
{
	m->now.cfa = (struct draft){
		.rule = { .kind = RULE_REGISTER, .reg = reg, .offset = offset },
	};
	if (reg >= NRegs)
		m->failed = true;
}

/* The CFA, so far a register and an offset, gets another of the one or the
 * other. */
static struct rule *plain_cfa(struct machine *m)
{
	if (m->now.cfa.rule.kind != RULE_REGISTER)
		m->failed = true;
	return &m->now.cfa.rule;
}

static void set_cfa_register(struct machine *m, uint64_t reg)
{
	set_cfa(m, reg, plain_cfa(m)->offset);
}

static void set_cfa_offset(struct machine *m, int64_t offset)
{
	plain_cfa(m)->offset = offset;
}

static void set_cfa_expression(struct machine *m, struct reader code)
{
	m->now.cfa = (struct draft){ { .kind = RULE_EXPRESSION }, code };
}

static void remember(struct machine *m)
{
	if (m->nremembered == RememberedMost)
		m->failed = true;
	else
		m->remembered[m->nremembered++] = m->now;
}

static void recall(struct machine *m)
{
	if (m->nremembered == 0)
		m->failed = true;
	else
		m->now = m->remembered[--m->nremembered];
}

static struct reader block(struct reader *r)
{
	return reader_part(r, reader_uleb(r));
}

static void advance(struct machine *m, uint64_t delta)
{
	m->at += delta * m->entry->code_factor;
}

/* Instructions about the CFA. False: CODE is none. */
static bool run_cfa(struct machine *m, struct reader *r, uint8_t code)
{
	uint64_t reg;

	switch (code) {
	case DW_CFA_def_cfa:
		reg = reader_uleb(r);
		set_cfa(m, reg, reader_uleb(r));
		return true;
	case DW_CFA_def_cfa_sf:
		reg = reader_uleb(r);
		set_cfa(m, reg, factored(m, reader_sleb(r)));
		return true;
	case DW_CFA_def_cfa_register:
		set_cfa_register(m, reader_uleb(r));
		return true;
	case DW_CFA_def_cfa_offset:
		set_cfa_offset(m, reader_uleb(r));
		return true;
	case DW_CFA_def_cfa_offset_sf:
		set_cfa_offset(m, factored(m, reader_sleb(r)));
		return true;
	case DW_CFA_def_cfa_expression:
		set_cfa_expression(m, block(r));
		return true;
	default:
		return false;
	}
}

/* Those about register REG. */
static bool run_register(struct machine *m, struct reader *r, uint8_t code,
			 uint64_t reg)
{
	switch (code) {
	case DW_CFA_offset_extended:
		set_offset(m, reg, RULE_AT_CFA, reader_uleb(r));
		return true;
	case DW_CFA_offset_extended_sf:
		set_offset(m, reg, RULE_AT_CFA, reader_sleb(r));
		return true;
	case DW_CFA_GNU_negative_offset_extended:
		set_offset(m, reg, RULE_AT_CFA, -reader_uleb(r));
		return true;
	case DW_CFA_val_offset:
		set_offset(m, reg, RULE_CFA, reader_uleb(r));
		return true;
	case DW_CFA_val_offset_sf:
		set_offset(m, reg, RULE_CFA, reader_sleb(r));
		return true;
	case DW_CFA_restore_extended:
		restore(m, reg);
		return true;
	case DW_CFA_undefined:
		set_kind(m, reg, RULE_UNDEFINED);
		return true;
	case DW_CFA_same_value:
		set_kind(m, reg, RULE_SAME);
		return true;
	case DW_CFA_register:
		set_register(m, reg, reader_uleb(r));
		return true;
	case DW_CFA_expression:
		set_expression(m, reg, RULE_AT_EXPRESSION, block(r));
		return true;
	case DW_CFA_val_expression:
		set_expression(m, reg, RULE_EXPRESSION, block(r));
		return true;
	default:
		return false;
	}
}

/* Those about where we are and about states. */
static bool run_other(struct machine *m, struct reader *r, uint8_t code)
{
	switch (code) {
	case DW_CFA_nop:
		return true;
	case DW_CFA_GNU_args_size:
		reader_uleb(r);
		return true;
	case DW_CFA_set_loc:
		m->at = table_address(m->table, r, m->entry->encoding);
		return true;
	case DW_CFA_advance_loc1:
		advance(m, reader_number(r, 1));
		return true;
	case DW_CFA_advance_loc2:
		advance(m, reader_number(r, 2));
		return true;
	case DW_CFA_advance_loc4:
		advance(m, reader_number(r, 4));
		return true;
	case DW_CFA_remember_state:
		remember(m);
		return true;
	case DW_CFA_restore_state:
		recall(m);
		return true;
	default:
		return false;
	}
}

static bool run_one(struct machine *m, struct reader *r)
{
	uint8_t code = reader_number(r, 1), operand = code & OperandMask;

	switch (code & PrimaryMask) {
	case DW_CFA_advance_loc:
		advance(m, operand);
		return true;
	case DW_CFA_offset:
		return run_register(m, r, DW_CFA_offset_extended, operand);
	case DW_CFA_restore:
		restore(m, operand);
		return true;
	default:
		if (run_other(m, r, code) || run_cfa(m, r, code))
			return true;
		return run_register(m, r, code, reader_uleb(r));
	}
}

/* Run CODE as far as it is about addresses up to AT. */
static void run(struct machine *m, struct reader code, uint64_t at)
{
	while (reader_left(&code) && !m->failed) {
		if (!run_one(m, &code) || code.failed)
			m->failed = true;
		if (m->at > at)
			return;
	}
}

/* What D says, with its expression as operations, of which FIRST is what it
 * begins with; one that cannot be parsed has none and yields nothing. */
static struct rule finish(const struct draft *d, uint8_t first)
{
	struct rule r = d->rule;
	Dwarf_Op *ops;
	size_t n;

	if (r.kind != RULE_EXPRESSION && r.kind != RULE_AT_EXPRESSION)
		return r;
	n = d->code.failed ? 0 : expression_parse(d->code, &ops);
	if (n == 0)
		return r;
	ops[0].atom = first;
	ops[0].offset = UINT64_MAX; /* no branch goes there */
	r.ops = ops;
	r.nops = n;
	return r;
}

static void fill(struct row *row, const struct machine *m)
{
	uint64_t column = m->entry->return_column;

	row->cfa = finish(&m->now.cfa, DW_OP_nop);
	/* A register's begins with the CFA on the stack. */
	for (int i = 0; i < DwRip; i++)
		row->regs[i] = finish(&m->now.regs[i], DW_OP_call_frame_cfa);
	row->regs[DwRip] = finish(&m->now.regs[column], DW_OP_call_frame_cfa);
	/* The caller's by definition, unless it is said where. */
	if (row->regs[DwRsp].kind <= RULE_UNDEFINED)
		row->regs[DwRsp] = (struct rule){ .kind = RULE_CFA };
}

bool row_run(const struct table *t, const struct table_entry *e, uint64_t at,
	     struct row *row)
{
	struct machine m = { .table = t, .entry = e, .at = e->first };

	if (e->return_column >= NRegs)
		return false;
	m.now = m.initial = defaults();
	run(&m, e->common, at);
	m.initial = m.now;
	run(&m, e->own, at);
	if (m.failed || m.now.cfa.rule.kind == RULE_UNDEFINED)
		return false;
	fill(row, &m);
	return true;
}
