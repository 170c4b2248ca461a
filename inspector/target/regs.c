/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/user.h>

#include "target/regs.h"

void regs_from_user(const struct user_regs_struct *u, struct regs *ret)
{
	const uint64_t by_number[NRegs] = {
		u->rax, u->rdx, u->rcx, u->rbx, u->rsi, u->rdi,
		u->rbp, u->rsp, u->r8,	u->r9,	u->r10, u->r11,
		u->r12, u->r13, u->r14, u->r15, u->rip,
	};

	for (unsigned i = 0; i < NRegs; i++)
		regs_set(ret, i, by_number[i]);
}
