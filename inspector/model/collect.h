/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * collect.h - from a target's memory to the model: goroutines, machines,
 * segments. Everything that is read later is copied here, so that a live
 * target can go on afterwards. Walks are bounded: a node that was met before
 * ends a list with a note.
 *
 *	collect.c	goroutines and machines
 *	list.c		the lists that they are on
 *	segments.c	the segments of each goroutine, and their bytes
 *	clock.c		ticks to nanoseconds
 */
#ifndef MODEL_COLLECT_H
#define MODEL_COLLECT_H

#include "layout/layout.h"
#include "model/model.h"
#include "target/target.h"
#include "util/ids.h"

/* How much of the stacks is copied: what is above the user's innermost frames,
 * or all. */
enum collect_extent { COLLECT_TOPS, COLLECT_STACKS };

/* Of a stopped target: the goroutines that IDS names. An error means that
 * there is nothing to tell; damage is a note of the snapshot. */
struct error *collect(struct target *t, const struct layout *l,
		      const struct ids *ids, enum collect_extent extent,
		      struct snapshot **ret);

/* The parts, in order. */
void collect_machines(struct target *t, const struct layout *l,
		      struct snapshot *s);
struct error *collect_goroutines(struct target *t, const struct layout *l,
				 const struct ids *ids, struct snapshot *s);
void collect_segments(struct target *t, const struct layout *l,
		      enum collect_extent extent, struct snapshot *s);
void collect_threads(struct target *t);
void collect_clock(struct target *t, const struct layout *l,
		   struct snapshot *s);

#endif
