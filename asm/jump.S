/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jump.S - the last step of longjmp.
 *
 *	void jump(const uint64_t *regs, int value, uintptr_t guard)
 *
 * setjmp returns VALUE with REGS (rbx rbp r12 r13 r14 r15 rsp rip, in clear),
 * under GUARD. Takes nothing from the stack that it leaves.
 */
#include "asm/thread.h"

	.text
	.p2align 4
	.globl	jump
	.type	jump, @function
jump:
	.cfi_startproc
	movl	%esi, %eax
	movq	56(%rdi), %rcx
	movq	48(%rdi), %rsi
	movq	(%rdi), %rbx
	movq	8(%rdi), %rbp
	movq	16(%rdi), %r12
	movq	24(%rdi), %r13
	movq	32(%rdi), %r14
	movq	40(%rdi), %r15
	movq	%rsi, %rsp
	.cfi_def_cfa_offset 0		# As if setjmp had returned:
	.cfi_register %rip, %rcx
	setguard %rdx, %rdi, %r8	# after we stood on g0, not before.
	jmp	*%rcx
	.cfi_endproc
	.size	jump, .-jump

	.section .note.GNU-stack, "", @progbits
	.section .note.GNU-split-stack, "", @progbits
	.section .note.GNU-no-split-stack, "", @progbits
