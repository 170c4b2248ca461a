/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unwind.h - from a goroutine's state to its frames. Where to start:
 *
 *	parked		the saved sp and pc; unwind tables find the rest
 *	running		its thread's registers. Frames on the thread's own or a
 *			signal's stack come first, until they enter the
 *			goroutine's segments. If they never do, or there is no
 *			thread, the goroutine is being switched, and the saved
 *			sp and pc hold.
 *
 * Each frame is found from the one before by the program's unwind tables. In
 * the goroutine's segments the callers' frames go up, and from a segment to
 * the next older one; anything else is damage and ends the trace. Of a stack
 * with very many frames some in the middle are left out.
 *
 *	crowd.c	all goroutines, by several threads
 *	walk.c	one of them, or a thread; replay.h: once more
 *	step.c	one frame to the next
 *	sites.c	what is known of the code at a pc
 *	row.c	a row of an unwind table
 *	eval.c	its expressions
 *	intern.c stacks that are the same
 */
#ifndef UNWIND_UNWIND_H
#define UNWIND_UNWIND_H

#include <pthread.h>

#include "layout/layout.h"
#include "model/model.h"
#include "target/target.h"
#include "unwind/intern.h"
#include "unwind/sites.h"

/* How much of a stack is wanted. */
enum unwind_extent {
	UNWIND_TO_OWN_STACK, /* up to the first frame in its segments */
	UNWIND_TO_USER_CODE, /* and the first of neither the runtime nor libc */
	UNWIND_ALL,
};

/* Of frames, the innermost first. */
struct frame_registers {
	ARRAY(struct regs);
};

struct unwinder {
	struct target *target;
	struct program *program;
	const struct layout *layout;
	struct snapshot *snapshot;
	enum unwind_extent extent; /* of goroutines' stacks */
	struct sites sites;
	struct interned interned;
	bool done;			/* goroutines have their frames */
	struct frame_registers *record; /* of each frame as it is found; NULL */
	pthread_mutex_t *turn; /* of several unwinders that are at work; NULL */
};

/* What the target, the program and the layout are asked for is asked between
 * these. crowd.c */
void unwinder_take_turn(const struct unwinder *u);
void unwinder_end_turn(const struct unwinder *u);

static inline void unwinder_scope(struct unwinder *u)
{
	tables_free(u->sites.tables);
	sites_free(&u->sites);
	interned_free(&u->interned);
}

/* What U knows of code and stacks holds no more. */
static inline void unwinder_forget(struct unwinder *u)
{
	unwinder_scope(u);
	u->sites = (struct sites){ 0 };
	u->interned = (struct interned){ 0 };
}

/* Add the frames of each goroutine that has none yet; same stacks once. */
void unwind_goroutines(struct unwinder *u);

/* The same of the goroutines [FIRST, END), which may be called before all are
 * there. */
void unwind_some_goroutines(struct unwinder *u, size_t first, size_t end);

/* Add the stacks of the target's threads, but not those that are on a
 * goroutine of the snapshot. After unwind_goroutines(). */
void unwind_threads(struct unwinder *u);

#endif
