/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.h - a walk up a stack, and one step of it.
 */
#ifndef UNWIND_STEP_H
#define UNWIND_STEP_H

#include "unwind/unwind.h"

struct walk {
	struct unwinder *unwinder;
	const struct segment *segments; /* newest first */
	size_t nsegments;
	struct regs regs; /* of the frame where we are */
	struct site site; /* of its code */
	enum frame_kind kind;
	enum frame_source source;
	uint32_t segment; /* where its sp lies; NONE: not in a segment */
	uint32_t from;	  /* older frames are in none newer than this one */
	uint64_t edge;	  /* 1: sp may be where a segment ends, that is empty */
	bool lost;	  /* there may be older segments that are not known */
	uint32_t strays;  /* frames outside the segments, where it is lost */
	uint32_t entered; /* the first segment that it stood in, and where */
	addr_t entered_at;
	const char *stop; /* why there is no next one, if that is damage */
};

/* A walk that stands nowhere yet, on the segments of G or, NULL, on none. */
struct walk walk_of(struct unwinder *u, const struct goroutine *g);

/* The registers that G has saved. */
struct regs unwind_saved(const struct unwinder *u, const struct goroutine *g);

/* The segment from number FROM on that AT lies in; NONE: in none. */
uint32_t walk_segment(const struct walk *w, uint32_t from, addr_t at);

/* Memory as a frame sees it: the segments from its own on, or anything.
 * A read_memory(); ARG is the walk. */
bool walk_read(void *arg, addr_t at, void *buf, size_t size);

/* Whether code is mapped at PC. */
bool walk_is_code(const struct walk *w, addr_t pc);

/* Stand on a frame that nothing is known to have been called from. */
void walk_start(struct walk *w, const struct regs *regs);

/* Go on to the caller. False: there is none, see STOP. */
bool walk_step(struct walk *w);

/* Add the frames of G to the snapshot. Why they end, if that is damage. walk.c
 */
const char *unwind_goroutine(struct unwinder *u, const struct goroutine *g,
			     enum unwind_extent extent);

#endif
