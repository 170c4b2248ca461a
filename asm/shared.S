/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shared.S - for shared libraries that are compiled with stack checks: what
 * these call goes on in the program's runtime, whose names the program
 * exports. Linked into each such library (libseam_shared.a), where it also
 * keeps libgcc's runtime of the same names out. Not by a PLT: all registers
 * but rip stay as they are.
 */
	.text
.macro	goes_on_in name, there
	.globl	\name
	.hidden	\name
	.type	\name, @function
\name:
	.cfi_startproc
	jmp	*\there@GOTPCREL(%rip)
	.cfi_endproc
	.size	\name, .-\name
.endm

	goes_on_in __morestack, seam_shared_morestack
	goes_on_in __morestack_non_split, seam_shared_non_split
	goes_on_in __morestack_allocate_stack_space, seam_shared_allocate

/* Of --wrap=pthread_create, which gcc adds; see runtime/splitstack.c. */
	.weak	__real_pthread_create
	goes_on_in __wrap_pthread_create, __real_pthread_create

	.section .note.GNU-stack, "", @progbits
	.section .note.GNU-split-stack, "", @progbits
	.section .note.GNU-no-split-stack, "", @progbits
