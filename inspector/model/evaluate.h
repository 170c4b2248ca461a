/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * evaluate.h - what a description calculates, of a target.
 */
#ifndef MODEL_EVALUATE_H
#define MODEL_EVALUATE_H

#include "layout/layout.h"
#include "target/target.h"

/* A struct of the target: where it lies, and its bytes. Zeroed: none. */
struct thing {
	addr_t at;
	const uint8_t *bytes;
};

/* Run F. False: it reads what is not there, or divides by 0. */
bool evaluate(const struct formula *f, struct target *t, struct thing thing,
	      uint64_t *ret);

/* A part of THING, or what is calculated for it; 0 where that is not there. */
static inline uint64_t value_of(struct target *t, struct thing thing,
				struct field f)
{
	uint64_t value = 0;

	if (!f.formula)
		return layout_get(thing.bytes, f);
	evaluate(f.formula, t, thing, &value);
	return value;
}

#endif
