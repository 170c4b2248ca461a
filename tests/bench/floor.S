/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * floor.S - the least that a crossing can be: an indirect call through memory
 * on another stack and back, with the guard changed both ways.
 */
#define GUARD 0x70

	.text
/* int64_t crossing(int64_t x): crossing_fn(x) on the stack at crossing_sp. */
	.p2align 6
	.globl	crossing
	.type	crossing, @function
crossing:
	.cfi_startproc
	pushq	%rbp
	.cfi_def_cfa_offset 16
	.cfi_offset %rbp, -16
	movq	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	movq	crossing_sp(%rip), %rsp
	pushq	%fs:GUARD
	movq	crossing_guard(%rip), %rax
	subq	$8, %rsp
	movq	%rax, %fs:GUARD
	call	*crossing_fn(%rip)
	movq	8(%rsp), %rcx
	movq	%rcx, %fs:GUARD
	movq	%rbp, %rsp
	popq	%rbp
	.cfi_def_cfa %rsp, 8
	.cfi_restore %rbp
	ret
	.cfi_endproc
	.size	crossing, .-crossing

	.section .note.GNU-stack, "", @progbits
