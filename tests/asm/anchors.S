/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * anchors.S - a frame for each register that a function must keep, whose CFA
 * is that register: a walk that has one of them wrong does not get past it.
 * But for rbx: libdw 0.188 loses it at each frame that does not save it.
 *
 *	void anchor_r12(void (*fn)(void))	calls fn through all of them
 */
	.text

.macro anchor reg, next:vararg
	.globl	anchor_\reg
	.type	anchor_\reg, @function
anchor_\reg:
	.cfi_startproc
	pushq	%\reg
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset \reg, 0
	movq	%rsp, %\reg
	.cfi_def_cfa_register \reg
	call	\next
	popq	%\reg
	.cfi_def_cfa rsp, 8
	.cfi_restore \reg
	ret
	.cfi_endproc
	.size	anchor_\reg, .-anchor_\reg
.endm

	anchor r12, anchor_r13
	anchor r13, anchor_r14
	anchor r14, anchor_r15
	anchor r15, anchor_rbp
	anchor rbp, *%rdi

	.section .note.GNU-stack, "", @progbits
	.section .note.GNU-split-stack, "", @progbits
	.section .note.GNU-no-split-stack, "", @progbits
