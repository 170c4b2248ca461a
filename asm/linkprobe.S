/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * linkprobe.S - a function as a compiler makes it under -fsplit-stack, small
 * frame, that calls libc. A linker that knows about such code (gold:
 * Target_x86_64::do_calls_non_split; lld: adjustPrologueForCrossSplitStack)
 * puts `stc` in place of the comparison; runtime/checks.c looks whether ours
 * did. Never called.
 */
#include "asm/offsets.h"

	.text
	.p2align 4
	.globl	linkprobe
	.type	linkprobe, @function
linkprobe:
	.cfi_startproc
	cmpq	%fs:TCB_GUARD, %rsp
	jb	1f
2:	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	call	getpid@PLT
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
1:	movl	$8, %r10d
	movl	$0, %r11d
	call	__morestack
	ret
	jmp	2b
	.cfi_endproc
	.size	linkprobe, .-linkprobe

	.section .note.GNU-stack, "", @progbits
	.section .note.GNU-split-stack, "", @progbits
