/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>

#include "unwind/eval.h"

enum { DepthMost = 64, StepsMost = 4096 };

struct stack {
	uint64_t value[DepthMost];
	size_t n;
};

static bool push(struct stack *s, uint64_t value)
{
	if (s->n == DepthMost)
		return false;
	s->value[s->n++] = value;
	return true;
}

/* The Nth value from the top, 0 being the top. */
static bool pick(const struct stack *s, uint64_t nth, uint64_t *ret)
{
	if (nth >= s->n)
		return false;
	*ret = s->value[s->n - 1 - nth];
	return true;
}

static bool pop(struct stack *s, uint64_t *ret)
{
	if (!pick(s, 0, ret))
		return false;
	s->n--;
	return true;
}

static bool push_register(struct stack *s, const struct frame_state *f,
			  uint64_t reg, uint64_t offset)
{
	return reg < NRegs && regs_know(f->regs, reg)
	       && push(s, f->regs->value[reg] + offset);
}

static bool deref(struct stack *s, const struct frame_state *f, size_t size)
{
	uint64_t at, value = 0;

	return size <= sizeof(value) && pop(s, &at)
	       && f->read(f->arg, addr(at), &value, size) && push(s, value);
}

/* rot: the top becomes the third, the second the top. */
static bool rotate(struct stack *s)
{
	uint64_t top;

	if (s->n < 3)
		return false;
	top = s->value[s->n - 1];
	s->value[s->n - 1] = s->value[s->n - 2];
	s->value[s->n - 2] = s->value[s->n - 3];
	s->value[s->n - 3] = top;
	return true;
}

static bool swap(struct stack *s)
{
	uint64_t a, b;

	return pop(s, &a) && pop(s, &b) && push(s, a) && push(s, b);
}

static bool unary(struct stack *s, const Dwarf_Op *op)
{
	uint64_t a;

	if (!pop(s, &a))
		return false;
	switch (op->atom) {
	case DW_OP_abs:
		return push(s, (int64_t)a < 0 ? -a : a);
	case DW_OP_neg:
		return push(s, -a);
	case DW_OP_not:
		return push(s, ~a);
	default: /* DW_OP_plus_uconst */
		return push(s, a + op->number);
	}
}

static bool divide(struct stack *s, uint64_t a, uint64_t b)
{
	if (b == 0)
		return false;
	if ((int64_t)b == -1) /* INT64_MIN / -1 overflows */
		return push(s, -a);
	return push(s, (int64_t)a / (int64_t)b);
}

/* Shifts by 64 or more leave nothing but the sign. */
static bool shift(struct stack *s, int atom, uint64_t a, uint64_t b)
{
	if (atom == DW_OP_shl)
		return push(s, b < 64 ? a << b : 0);
	if (atom == DW_OP_shr)
		return push(s, b < 64 ? a >> b : 0);
	return push(s, (int64_t)a >> (b < 64 ? b : 63));
}

static bool binary(struct stack *s, int atom)
{
	uint64_t a, b;

	if (!pop(s, &b) || !pop(s, &a))
		return false;
	switch (atom) {
	case DW_OP_and:
		return push(s, a & b);
	case DW_OP_or:
		return push(s, a | b);
	case DW_OP_xor:
		return push(s, a ^ b);
	case DW_OP_plus:
		return push(s, a + b);
	case DW_OP_minus:
		return push(s, a - b);
	case DW_OP_mul:
		return push(s, a * b);
	case DW_OP_div:
		return divide(s, a, b);
	case DW_OP_mod:
		return b != 0 && push(s, a % b);
	case DW_OP_eq:
		return push(s, a == b);
	case DW_OP_ne:
		return push(s, a != b);
	case DW_OP_lt:
		return push(s, (int64_t)a < (int64_t)b);
	case DW_OP_le:
		return push(s, (int64_t)a <= (int64_t)b);
	case DW_OP_gt:
		return push(s, (int64_t)a > (int64_t)b);
	case DW_OP_ge:
		return push(s, (int64_t)a >= (int64_t)b);
	default:
		return shift(s, atom, a, b);
	}
}

/* Operations that move values on the stack. */
static bool move(struct stack *s, const Dwarf_Op *op)
{
	uint64_t value;

	switch (op->atom) {
	case DW_OP_dup:
		return pick(s, 0, &value) && push(s, value);
	case DW_OP_over:
		return pick(s, 1, &value) && push(s, value);
	case DW_OP_pick:
		return pick(s, op->number, &value) && push(s, value);
	case DW_OP_drop:
		return pop(s, &value);
	case DW_OP_swap:
		return swap(s);
	default: /* DW_OP_rot */
		return rotate(s);
	}
}

static bool step(struct stack *s, const Dwarf_Op *op,
		 const struct frame_state *f)
{
	uint8_t atom = op->atom;

	if (atom >= DW_OP_lit0 && atom <= DW_OP_lit31)
		return push(s, atom - DW_OP_lit0);
	if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31)
		return push_register(s, f, atom - DW_OP_breg0, op->number);
	switch (atom) {
	case DW_OP_bregx:
		return push_register(s, f, op->number, op->number2);
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts:
		return push(s, op->number);
	case DW_OP_call_frame_cfa:
		return push(s, f->cfa);
	case DW_OP_deref:
		return deref(s, f, sizeof(uint64_t));
	case DW_OP_deref_size:
		return deref(s, f, op->number);
	case DW_OP_dup:
	case DW_OP_over:
	case DW_OP_pick:
	case DW_OP_drop:
	case DW_OP_swap:
	case DW_OP_rot:
		return move(s, op);
	case DW_OP_abs:
	case DW_OP_neg:
	case DW_OP_not:
	case DW_OP_plus_uconst:
		return unary(s, op);
	case DW_OP_nop:
	case DW_OP_stack_value:
		return true;
	case DW_OP_and:
	case DW_OP_or:
	case DW_OP_xor:
	case DW_OP_plus:
	case DW_OP_minus:
	case DW_OP_mul:
	case DW_OP_div:
	case DW_OP_mod:
	case DW_OP_eq:
	case DW_OP_ne:
	case DW_OP_lt:
	case DW_OP_le:
	case DW_OP_gt:
	case DW_OP_ge:
	case DW_OP_shl:
	case DW_OP_shr:
	case DW_OP_shra:
		return binary(s, atom);
	default:
		return false;
	}
}

/* The operation that the branch OP goes to: N is the end. */
static bool target_of(const Dwarf_Op *ops, size_t n, const Dwarf_Op *op,
		      size_t *ret)
{
	/* Its operand counts from the byte behind it: 1 + 2 bytes. */
	int64_t offset = op->offset + 3 + (int16_t)op->number;

	for (size_t i = 0; i < n; i++) {
		if (offset < 0 || ops[i].offset != (uint64_t)offset)
			continue;
		*ret = i;
		return true;
	}
	*ret = n;
	return n && offset > (int64_t)ops[n - 1].offset;
}

/* Whether OP, a branch, is taken. */
static bool taken(struct stack *s, const Dwarf_Op *op, bool *ret)
{
	uint64_t value = 1;

	if (op->atom == DW_OP_bra && !pop(s, &value))
		return false;
	*ret = value != 0;
	return true;
}

bool eval(const Dwarf_Op *ops, size_t n, const struct frame_state *f,
	  uint64_t *ret)
{
	struct stack s = { .n = 0 };
	size_t i = 0;
	bool go;

	for (unsigned steps = 0; i < n; steps++) {
		const Dwarf_Op *op = &ops[i++];

		if (steps == StepsMost)
			return false;
		if (op->atom != DW_OP_skip && op->atom != DW_OP_bra) {
			if (!step(&s, op, f))
				return false;
			continue;
		}
		if (!taken(&s, op, &go) || (go && !target_of(ops, n, op, &i)))
			return false;
	}
	return pop(&s, ret);
}
