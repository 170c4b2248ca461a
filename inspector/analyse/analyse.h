/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * analyse.h - from frames to what is told of them: which are the user's, where
 * the seams are, where a goroutine is. The runtime's own frames are folded: of
 * those that a stack begins with, only the outermost is told, which is the
 * function that the user called; others are not. What they called in the C
 * library goes with them.
 *
 *	fold.c		lines of a stack, and where a goroutine is
 *	groups.c	goroutines that have something in common
 *	states.c	what those of a group do
 *	damage.c	what the answer lacks
 */
#ifndef ANALYSE_ANALYSE_H
#define ANALYSE_ANALYSE_H

#include "model/model.h"
#include "symbol/symbol.h"
#include "util/ids.h"

/* Fill in the lines of each goroutine: folded, or each frame as it is. The
 * frames are named. */
void fold_stacks(struct symbols *symbols);
void list_frames(struct snapshot *s);

/* The lines of each thread's stack: all frames. */
void list_thread_frames(struct snapshot *s);

/* Fill in where each goroutine is. */
void locate_goroutines(struct symbols *symbols);

/*
 * Fill in the groups of goroutines that have in common: their stack as it is
 * told, seams apart; where they are, or its function; who created them; and
 * what they are or do. Lines, places and creators are filled in as the one
 * asks for them.
 */
void group_by_stack(struct snapshot *s);
void group_by_top(struct snapshot *s);
void group_by_function(struct snapshot *s);
void group_by_creator(struct snapshot *s);
void group_by_state(struct snapshot *s);
void group_by_reason(struct snapshot *s);
void group_by_name(struct snapshot *s);
void group_by_thread(struct snapshot *s);

/* The states of the members of group G, added to the snapshot's. */
struct span group_states(struct snapshot *s, const struct group *g);

/* Note each goroutine whose trace is not whole, each whose frames are not all
 * told, and each id of IDS that is not there. */
void note_missing_ids(struct snapshot *s, const struct ids *ids);
void note_stops(struct snapshot *s);
void note_omitted(struct snapshot *s);

#endif
