/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * collect.h - from a target's memory to the model: goroutines, machines,
 * segments. In three steps, so that a live target stands still for the second
 * only:
 *
 *	collect_early	goroutines that wait, and their stacks, while it runs
 *	collect		what is there when it is stopped; of the former, that
 *			they have not run since, which takes much less
 *	collect_finish	what is to be done when it runs again
 *
 * Everything that is read later is copied here. Walks are bounded: a node that
 * was met before ends a list with a note.
 *
 *	collect.c	the steps
 *	early.c		what is known before the stop
 *	goroutines.c	one goroutine, and their order
 *	list.c		the lists that they are on
 *	lost.c		those that a broken list does not lead to
 *	segments.c	the segments of each goroutine, and their bytes
 *	ahead.c		those of all
 *	threads.c	the threads of goroutines that run
 *	fatal.c		the signal that ended the program
 *	clock.c		ticks to nanoseconds
 */
#ifndef MODEL_COLLECT_H
#define MODEL_COLLECT_H

#include "layout/layout.h"
#include "model/model.h"
#include "target/target.h"
#include "util/ids.h"

/* How much of the stacks is copied: what is above the user's innermost frames,
 * or all; or all and, of static variables, what there is room for. */
enum collect_extent { COLLECT_TOPS, COLLECT_STACKS, COLLECT_VALUES };

struct collection;

/* Of T, the goroutines that IDS names; both outlive it. */
struct collection *collection_new(struct target *t, const struct layout *l,
				  const struct ids *ids,
				  enum collect_extent extent);
void collection_free(struct collection *c);

/* Before anything is read: only goroutines that WANTED says yes to, by what
 * its struct tells. */
void collection_choose(struct collection *c,
		       bool (*wanted)(void *arg, const struct goroutine *g),
		       void *arg);

/*
 * Before anything is read: of what is copied early TAKE is to take what is
 * wanted. It is called for the goroutines [FIRST, END) of the snapshot while
 * the bytes of their segments are there, which then go.
 */
void collection_take(struct collection *c,
		     void (*take)(void *arg, struct snapshot *s, size_t first,
				  size_t end),
		     void *arg);

/* Before anything is read: goroutines are looked for in all memory too. Where
 * the list is seen to be broken they are anyway. */
void collection_search(struct collection *c);

/* While it is stopped, and S is finished: what is left behind. remains.c */
void collect_remains(struct target *t, const struct layout *l,
		     struct snapshot *s);

static inline void collection_scope(struct collection **c)
{
	if (*c)
		collection_free(*c);
}

/* Before the target is stopped. May be left out. */
void collect_early(struct collection *c);

/* While it is stopped. An error means that there is nothing to tell; damage is
 * a note of the snapshot. */
struct error *collect(struct collection *c);

/* Afterwards; once. The snapshot is the caller's. */
struct snapshot *collect_finish(struct collection *c);

#endif
