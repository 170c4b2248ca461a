/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * details.h - what is told of a stack's lines if it is asked for: arguments and
 * local variables of each, registers of the first.
 */
#ifndef ANALYSE_DETAILS_H
#define ANALYSE_DETAILS_H

#include "symbol/variables.h"
#include "unwind/unwind.h"

struct details_wanted {
	struct variables_wanted variables;
	bool registers;
};

/* Fill in the details of goroutines, and the registers of threads. Stacks were
 * unwound whole, and have their lines. */
void find_details(struct unwinder *u, struct symbols *symbols,
		  const struct details_wanted *wanted);

#endif
