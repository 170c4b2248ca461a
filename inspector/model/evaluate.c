/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "model/evaluate.h"

/* The numbers that a formula works on. The compiler has counted them. */
struct run {
	struct target *target;
	struct thing thing;
	uint64_t stack[FormulaStack + 1];
	size_t n;
};

/* False: B is 0, and divides. */
static bool combine(uint64_t a, uint64_t b, enum step_kind kind, uint64_t *ret)
{
	bool divides = kind == STEP_DIVIDE || kind == STEP_REMAINDER;
	const uint64_t shift = b < 64 ? b : 0, none = b < 64 ? UINT64_MAX : 0;
	const uint64_t divisor = divides && b ? b : 1;
	const uint64_t results[] = {
		[STEP_OR] = a | b,
		[STEP_XOR] = a ^ b,
		[STEP_AND] = a & b,
		[STEP_EQUAL] = a == b,
		[STEP_UNEQUAL] = a != b,
		[STEP_LESS] =
			a<b, [STEP_LESS_EQUAL] = a <= b, [STEP_GREATER] = a> b,
		[STEP_GREATER_EQUAL] = a >= b,
		[STEP_LEFT] = a << shift & none,
		[STEP_RIGHT] = a >> shift & none,
		[STEP_ADD] = a + b,
		[STEP_SUBTRACT] = a - b,
		[STEP_MULTIPLY] = a * b,
		[STEP_DIVIDE] = a / divisor,
		[STEP_REMAINDER] = a % divisor,
	};

	*ret = results[kind];
	return !divides || b;
}

/* Number N below the top. */
static uint64_t *top(struct run *r, size_t n)
{
	return &r->stack[r->n - 1 - n];
}

static bool read_memory(struct run *r, const struct step *s)
{
	addr_t at = addr(*top(r, 0) + s->value);

	*top(r, 0) = 0;
	return target_read_some(r->target, at, top(r, 0), s->size) == s->size;
}

static void push(struct run *r, uint64_t value)
{
	r->stack[r->n++] = value;
}

/* A step that leaves as many numbers as there were. */
static bool run_unary(struct run *r, const struct step *s)
{
	switch (s->kind) {
	case STEP_READ:
		return read_memory(r, s);
	case STEP_BELOW:
		return *top(r, 0) < s->value;
	case STEP_NOT:
		*top(r, 0) = !*top(r, 0);
		return true;
	case STEP_COMPLEMENT:
		*top(r, 0) = ~*top(r, 0);
		return true;
	default:
		*top(r, 0) = -*top(r, 0);
		return true;
	}
}

/* How many steps to leave out. */
static size_t skipped(struct run *r, const struct step *s)
{
	if (s->kind == STEP_SKIP)
		return s->value;
	return r->stack[--r->n] ? 0 : s->value;
}

static bool run_step(struct run *r, const struct step *s)
{
	const struct field member = { .offset = s->value, .size = s->size };

	switch (s->kind) {
	case STEP_NUMBER:
		push(r, s->value);
		return true;
	case STEP_MEMBER:
		push(r, layout_get(r->thing.bytes, member));
		return true;
	case STEP_SELF:
		push(r, r->thing.at.v);
		return true;
	default:
		break;
	}
	if (s->kind < STEP_OR)
		return run_unary(r, s);
	r->n--;
	return combine(*top(r, 0), r->stack[r->n], s->kind, top(r, 0));
}

bool evaluate(const struct formula *f, struct target *t, struct thing thing,
	      uint64_t *ret)
{
	struct run r = { .target = t, .thing = thing };

	for (size_t i = 0; i < f->n; i++) {
		const struct step *s = &f->steps[i];

		if (s->kind == STEP_SKIP || s->kind == STEP_SKIP_IF_ZERO)
			i += skipped(&r, s);
		else if (!run_step(&r, s))
			return false;
	}
	*ret = *top(&r, 0);
	return true;
}
