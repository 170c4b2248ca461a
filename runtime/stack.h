/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stack.h - the picture of a segment, and its numbers.
 *
 * A goroutine's stack is a chain of segments; g->stackbase points to the
 * newest segment's Stktop, Stktop.oldbase to the next older one's, and the
 * first segment's oldbase is NULL. Segments come from stackalloc() at any
 * address. One segment, high addresses on top:
 *
 *	        +------------------+  lo + size
 *	        | Stktop           |  sizeof(Stktop)
 *	        +------------------+  <- g->stackbase
 *	        | stack arguments  |  copied by newstack, if there are any,
 *	        |                  |  16-aligned at the lower end
 *	        | return address   |  = retfromnewstack
 *	        | frames           |
 *	        |    ...           |  <- sp
 *	        +------------------+  <- g->stackguard = lo + StackGuard
 *	        | guard zone       |  StackGuard bytes
 *	        +------------------+  <- g->stacklo
 *
 * A segment that was left is kept behind the older one (Stktop.next), so that
 * a loop that crosses a seam back and forth allocates nothing; only one
 * segment in a goroutine is spare, and only while it does not wait. Where an
 * exception has gone by all that it left are, one behind the other.
 *
 * The seam to the older segment, as __morestack leaves it there:
 *
 *	older   | stack arguments  |  boundary + 24
 *	segment | return to caller |  boundary + 16  of the function that grew
 *	        | return to stub   |  boundary + 8   in the function that grew
 *	        | rbp              |  <- Stktop.oldsp, the boundary
 *	        |   (dead)         |
 *
 * In the first segment the place of the arguments is taken by what gostart
 * is entered with: SavedRegs bytes as mcall leaves them.
 *
 * The first segment takes StackMin bytes, each other one a power of 2.
 *
 * Source of the shape: Go's first runtime (December 2008), proc.c and
 * rt1_amd64_linux.c; the guard is GCC's -fsplit-stack ABI.
 */
#ifndef STACK_H
#define STACK_H

#include <stdint.h>

#include "asm/offsets.h"

/*
 * Constants are enumerators so that they reach the debug information.
 */
enum {
	/*
	 * A function whose frame is under 256 bytes compares sp itself
	 * (SPLIT_STACK_AVAILABLE in gcc's i386.cc, kSplitStackAvailable in
	 * LLVM's X86FrameLowering.cpp), so it may end this far below the
	 * guard.
	 */
	StackSmall = 256,

	/*
	 * What can follow below such a frame without a check of its own: a
	 * return address (8), a leaf's frame (256), its red zone (128). The
	 * others are smaller: return addresses into the callee and into its
	 * stub (16), __morestack's own three words (24); gswitch's return
	 * address and saved registers (56).
	 */
	StackNosplit = 8 + 256 + 128,

	/* 256 + 392 = 648; 656 is that, 16-aligned. */
	StackGuard = 656,

	/*
	 * Every goroutine's first segment, the smallest. 1600 - 656
	 * (guard) - 96 (Stktop) = 848 bytes for frames, enough to wait in a
	 * channel four calls deep, or in a read into half a KiB of its own; a
	 * million of them are 1.6 GiB. A whole number of cache lines.
	 */
	StackMin = 1600,

	/*
	 * Behind the first, segments double from 2 KiB up to this size, so
	 * that a deep recursion meets few seams: 2 + 4 + ... + 64 KiB holds
	 * 126 KiB after six.
	 */
	StackBig = 65536,

	/*
	 * A segment larger than this is not kept as a spare: what one huge
	 * frame took is given back when its function returns.
	 */
	StackKeep = 1 << 20,
};

/* What alloca did not find on the segment. */
struct Block {
	struct Block *next;
	uint64_t size; /* this struct included; counts in g->stacksize */
	uintptr_t sp;  /* of the function that it is for */
	_Alignas(16) uint8_t mem[];
};

/* The limit per goroutine unless seam_setmaxstack() says otherwise. */
#define MaxStackDefault (UINT64_C(1) << 30)

#endif
