/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gostart.S - the first frame of every goroutine. newproc lets mcall's saved
 * context of a new goroutine return to gostart1, with its function in rbx and
 * the argument in r12. Here every unwinder ends: nobody called us.
 */
#include "asm/cfi.h"

	.text
	.p2align 4
	.globl	gostart, gostart1
	.type	gostart, @function
gostart:
	.cfi_startproc
	CFI_PERSONALITY(endunwound)
	.cfi_undefined %rip
	nop				# Return addresses are looked up at pc-1.
gostart1:
	movq	%r12, %rdi
	call	*%rbx
	call	seam_exit
	hlt
	.cfi_endproc
	.size	gostart, .-gostart

	.section .note.GNU-stack, "", @progbits
	.section .note.GNU-split-stack, "", @progbits
	.section .note.GNU-no-split-stack, "", @progbits
