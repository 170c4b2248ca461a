/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * offsets.h - the numbers that assembly and C share. Numbers only: this file
 * is read by both. runtime/checks.c asserts each against the structs.
 */
#ifndef OFFSETS_H
#define OFFSETS_H

/*
 * Where the prologue looks for the guard: __private_ss in glibc's thread
 * control block (GCC's split-stack ABI, x86-64). 0 outside goroutines: the
 * check never fires there.
 */
#define TCB_GUARD 0x70

#define G_stackguard	 0
#define G_stackbase	 8
#define G_stacklo	 16
#define G_sched_sp	 24
#define G_sched_pc	 32
#define G_m		 40
#define G_status	 48
#define G_status_running 2
#define G_err		 54

#define M_curg	   0
#define M_sched_sp 8
#define M_sigstack 24
#define M_sigend   32
#define M_perrno   40

#define Stktop_oldbase	0
#define Stktop_oldsp	32
#define Stktop_oldguard 40
#define Stktop_oldlo	48
#define Stktop_guard	56
#define Stktop_lo	64
#define Stktop_next	8
#define Stktop_nextroom 72
#define Stktop_slow	24

#define Gobuf_sp 0
#define Gobuf_pc 8

/*
 * What mcall leaves at a parked goroutine's sched.sp: r15 r14 r13 r12 rbx rbp
 * and the return address, ascending.
 */
#define SavedRegs 56

/*
 * Room that a function gets before it calls code without checks, libc above
 * all: what gold and lld ask for it (--split-stack-adjust-size, see
 * seam.pc). printf with floats and getaddrinfo's resolver stay under 8 KiB.
 */
#define NonSplitRoom 16384

/*
 * How far the room guard is above the guard: what a function calls has
 * NonSplitRoom below a frame that ends StackSmall (256) below where it checks.
 */
#define RoomGuard (NonSplitRoom + 256)

#endif
