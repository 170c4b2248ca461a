/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * eval.h - DWARF expressions as unwind tables use them (DWARF 5, 2.5.1 and
 * 6.4.2): over registers, the CFA and memory. Bounded in steps and depth.
 */
#ifndef UNWIND_EVAL_H
#define UNWIND_EVAL_H

#include <elfutils/libdw.h>

#include "target/regs.h"
#include "util/addr.h"

/* Read SIZE bytes at AT. False if they are not all there. */
typedef bool read_memory(void *arg, addr_t at, void *buf, size_t size);

/* What an expression is about. */
struct frame_state {
	const struct regs *regs;
	uint64_t cfa; /* for DW_OP_call_frame_cfa and rules at the CFA */
	read_memory *read;
	void *arg; /* for READ */
};

/* The value on top of the stack at the end. False: the expression cannot be
 * evaluated: an unknown register, memory that is not there, an operation that
 * is not for unwind tables, too long. */
bool eval(const Dwarf_Op *ops, size_t n, const struct frame_state *f,
	  uint64_t *ret);

#endif
