/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * longjmp.c - longjmp by all its names, in place of libc's: on a goroutine
 * the segments that are left are given back, and the guard becomes that of
 * the segment gone to, which may lie above or below. A jump within a signal
 * handler, or on a thread without goroutines, changes no guard.
 */
#include "checker.h"
#include "runtime.h"

#include <setjmp.h>
#include <string.h>

/* What glibc's setjmp saves (sysdeps/x86_64/setjmp.S, jmpbuf-offsets.h). */
enum { Rbx, Rbp, R12, R13, R14, R15, Rsp, Rip, NRegs };
_Static_assert(sizeof(((struct __jmp_buf_tag *)0)->__jmpbuf) == 8 * NRegs,
	       "a jmp_buf is not what it was");

typedef struct Jump {
	const struct __jmp_buf_tag *env;
	int value;
	uintptr_t guard; /* of whoever jumps */
} Jump;

void jump(const uint64_t *regs, int value, uintptr_t guard)
	__attribute__((noreturn));
void __longjmp_chk(struct __jmp_buf_tag env[1], int value)
	__attribute__((noreturn, nothrow));

/* glibc's PTR_DEMANGLE; the secret is pointer_guard in the TCB. */
static uint64_t demangle(uint64_t word)
{
	__asm__("rorq $17, %0\n\t"
		"xorq %%fs:0x30, %0"
		: "+r"(word)
		:
		: "cc");
	return word;
}

/* On a large stack, because the one we came from is given back. */
static NOSPLIT void *leave(void *arg)
{
	Jump j = *(Jump *)arg;
	struct __jmp_buf_tag env =
		*j.env; /* it may lie on what is given back */
	uint64_t regs[NRegs];
	memcpy(regs, env.__jmpbuf, sizeof(regs));
	regs[Rbp] = demangle(regs[Rbp]);
	regs[Rsp] = demangle(regs[Rsp]);
	regs[Rip] = demangle(regs[Rip]);

	G *gp = getg();
	uintptr_t guard = j.guard;
	if (gp && stackjump(gp, regs[Rsp])) {
		guard = gp->stackguard;
		if (knobs.checked) {
			checkunused(gp->stacklo, regs[Rsp] - gp->stacklo);
			checkstand(gp);
		}
	}
	if (env.__mask_was_saved)
		ossigmask(&env.__saved_mask);
	jump(regs, j.value ? j.value : 1, guard);
}

NOSPLIT void longjmp(struct __jmp_buf_tag env[1], int value)
{
	Jump j = { env, value, getguard() };
	systemstack(leave, &j);
	__builtin_unreachable();
}

void _longjmp(struct __jmp_buf_tag env[1], int value)
	__attribute__((alias("longjmp"), noreturn, nothrow));
void siglongjmp(sigjmp_buf env, int value)
	__attribute__((alias("longjmp"), noreturn, nothrow));
void __longjmp_chk(struct __jmp_buf_tag env[1], int value)
	__attribute__((alias("longjmp"), noreturn, nothrow));
