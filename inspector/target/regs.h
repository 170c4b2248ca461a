/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regs.h - the registers of a frame, by their DWARF numbers (System V ABI for
 * x86-64, figure 3.36).
 */
#ifndef TARGET_REGS_H
#define TARGET_REGS_H

#include <stdbool.h>
#include <stdint.h>

struct user_regs_struct;

enum {
	DwRbx = 3,
	DwRbp = 6,
	DwRsp = 7,
	DwRip = 16, /* the return address column */
	NRegs = 17,
};

struct regs {
	uint64_t value[NRegs];
	uint32_t known; /* bit N: value[N] is known */
};

static inline bool regs_know(const struct regs *r, unsigned reg)
{
	return reg < NRegs && r->known >> reg & 1;
}

static inline void regs_set(struct regs *r, unsigned reg, uint64_t value)
{
	r->value[reg] = value;
	r->known |= UINT32_C(1) << reg;
}

/* All of a thread's, as the kernel gives them. */
void regs_from_user(const struct user_regs_struct *user, struct regs *ret);

#endif
