/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shadow.h - what the stepped program (paths.c) knows of its own stacks, for
 * the stepper (step.c) to compare with. Each function of the program is put
 * into its goroutine's shadow by its caller before the call, says itself when
 * it runs and when it is about to return, and is taken out by its caller. So
 * it must be on the stack, once, at every instruction of asm/ while it is
 * CALLED or RUNNING, and must not be when it has RETURNED.
 */
#ifndef SHADOW_H
#define SHADOW_H

#include <stdint.h>

enum { MAX_DEPTH = 128, MAX_GOID = 31 };

/* How far the innermost function has come. */
enum progress { CALLED, RUNNING, RETURNED };

struct shadow {
	uint64_t depth;
	uintptr_t fn[MAX_DEPTH]; /* outermost first */
	uint32_t progress;	 /* enum progress */
	/*
	 * The goroutine is about to wait or to end, and has room for it: what
	 * it calls on g0 does not return to it, so a walk from there ends
	 * where the thread began.
	 */
	uint32_t leaves;
};

struct shadows {
	struct shadow thread;  /* main() */
	struct shadow handler; /* of the signal that the stepper sends */
	struct shadow goroutine[MAX_GOID + 1]; /* by id; no depth: not there */
	/*
	 * The runtime is about to tell the stack of each goroutine: a walk
	 * from g0 may also be one of theirs.
	 */
	uint32_t told;
};

#endif
