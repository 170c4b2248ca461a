/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lines.h - one row of line information (DWARF 5, 6.2) for a whole assembly
 * file: `lines_begin`, before its code, and `lines_end` behind it.
 *
 * Whoever steps by lines stops where code without any begins, and where a row
 * of another line begins, but goes on in the middle of a row. So the row
 * begins with an instruction that is never executed, and a step that comes
 * into the code goes on to where the code goes.
 */
#ifndef ASM_LINES_H
#define ASM_LINES_H

.macro lines_begin file
	.file	1 "\file"
	.section .debug_line, "", @progbits
.Llines:
	.text
.Lfirst:
	.loc	1 1
	nop
.endm

/* The compilation unit (7.5.1): what names the table above. */
.macro lines_end file
.Llast:
	.section .debug_abbrev, "", @progbits
.Labbrev:
	.uleb128 1			# a number for:
	.uleb128 0x11			# DW_TAG_compile_unit
	.byte	0			# DW_CHILDREN_no
	.uleb128 0x10, 0x17		# DW_AT_stmt_list, DW_FORM_sec_offset
	.uleb128 0x11, 0x01		# DW_AT_low_pc, DW_FORM_addr
	.uleb128 0x12, 0x07		# DW_AT_high_pc, DW_FORM_data8: a size
	.uleb128 0x03, 0x08		# DW_AT_name, DW_FORM_string
	.uleb128 0x13, 0x05		# DW_AT_language, DW_FORM_data2
	.uleb128 0, 0
	.uleb128 0
	.section .debug_info, "", @progbits
	.long	.Lunitend - .Lunit
.Lunit:
	.value	5			# DWARF version
	.byte	1			# DW_UT_compile
	.byte	8			# size of an address
	.long	.Labbrev
	.uleb128 1
	.long	.Llines
	.quad	.Lfirst
	.quad	.Llast - .Lfirst
	.asciz	"\file"
	.value	0x8001			# DW_LANG_Mips_Assembler: any
.Lunitend:
	.text
.endm

#endif
