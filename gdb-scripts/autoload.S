/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * autoload.S - names the script that gdb loads for a program with the runtime
 * in it: an entry of kind 1, a file ("dotdebug_gdb_scripts section" in gdb's
 * manual). SEAM_GDB_SCRIPT is its path, from the Makefile.
 */
	.section .debug_gdb_scripts, "MS", @progbits, 1
	.byte	1
	.asciz	SEAM_GDB_SCRIPT

	.section .note.GNU-stack, "", @progbits
	.section .note.GNU-split-stack, "", @progbits
