/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.h - what a thread has for itself, for morestack.S and jump.S. */
#ifndef ASM_THREAD_H
#define ASM_THREAD_H

#include "asm/offsets.h"

/*
 * The guard and the room guard (runtime/widened.c) of the stack we stand on.
 * On g0 the guard is 0, and the room guard what it was.
 */
.macro setguard guard, t1, t2
	movq	\guard, %fs:TCB_GUARD
	leaq	RoomGuard(\guard), \t1
	movq	roomguard@gottpoff(%rip), \t2
	movq	\t1, %fs:(\t2)
.endm

/* dst = this thread's M. */
.macro getm dst
	movq	m@gottpoff(%rip), \dst
	movq	%fs:(\dst), \dst
.endm

#endif
