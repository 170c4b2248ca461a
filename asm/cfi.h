/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cfi.h - the DWARF call frame expressions in use (DWARF 5, 6.4.2). Register
 * numbers are those of the x86-64 psABI, figure 3.36.
 */
#ifndef CFI_H
#define CFI_H

/*
 * The caller is the context saved in the Gobuf that rbp points to: its sp is
 * the CFA, its pc the return address. Not rbx: one unwinder loses it in frames
 * that do not save it. docs/unwinding.md has the name.
 *	DW_CFA_def_cfa_expression { DW_OP_breg6 Gobuf_sp; DW_OP_deref }
 *	DW_CFA_expression rip     { DW_OP_breg6 Gobuf_pc }
 */
#define CFI_CALLER_IS_GOBUF_AT_RBP                                             \
	.cfi_escape 0x0f, 3, 0x76, Gobuf_sp, 0x06;                             \
	.cfi_escape 0x10, 16, 2, 0x76, Gobuf_pc

/* A register pushed at the top of the stack. */
#define CFI_PUSHED(reg)                                                        \
	.cfi_adjust_cfa_offset 8;                                              \
	.cfi_rel_offset reg, 0

#define CFI_POPPED(reg)                                                        \
	.cfi_adjust_cfa_offset - 8;                                            \
	.cfi_restore reg

/*
 * What the unwinder of exceptions calls at a frame of this function
 * (runtime/unwind.c): a 32-bit distance, DW_EH_PE_pcrel | DW_EH_PE_sdata4.
 */
#define CFI_PERSONALITY(fn) .cfi_personality 0x1b, fn

#endif
