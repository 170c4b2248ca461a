/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * collection.h - what the files that fill in a snapshot share.
 */
#ifndef MODEL_COLLECTION_H
#define MODEL_COLLECTION_H

#include "model/collect.h"
#include "model/list.h"
#include "model/segments.h"

/* What goroutines wait for, by where the text lies. Zeroed is empty. */
struct reasons {
	struct map index; /* address to the text's number */
	struct {
		ARRAY(const char *);
	} texts;
};

void reasons_free(struct reasons *r);

/* A goroutine that waited before the target was stopped: see early.c. */
struct parked {
	addr_t at;
	uint64_t wait; /* the number of its wait */
	bool whole;    /* its stack was copied, and nothing was wrong */
	bool kept;     /* and it has not run since */
};

struct collection {
	struct target *target;
	const struct layout *layout;
	const struct ids *ids;
	bool (*wanted)(void *arg, const struct goroutine *g); /* NULL: all */
	void *wanted_arg;
	/* What the early ones' segments hold is wanted by this only; NULL: it
	 * is kept. */
	void (*take)(void *arg, struct snapshot *s, size_t first, size_t end);
	void *take_arg;
	bool search; /* memory, for goroutines that are not on the list */
	struct snapshot *snapshot;
	struct reasons reasons;
	struct map origins; /* the hash of one to its number */
	struct {
		ARRAY(struct parked);
	} parked;     /* the snapshot's first goroutines, in order */
	size_t next;  /* of the parked ones, where the list is walked */
	size_t notes; /* so many are not of goroutines */
	struct segment_reader segments;
	struct clock_reading first; /* the runtime's clock; 0: not known */
	struct clock_reading last;
};

/* Add the goroutine at AT with these BYTES, if it is one that is wanted.
 * goroutines.c */
void goroutine_add(struct collection *c, addr_t at, const uint8_t *bytes);
void goroutines_sort(struct snapshot *s);

/* The list of goroutines. */
struct list collection_list(const struct layout *l);
/* Walk it once more: what is wrong with it has been told. */
void collection_walk_again(struct target *t, const struct layout *l,
			   struct snapshot *s, const struct visitor *v);

/* Whether the next of those that were parked is the one at AT, with these BYTES
 * by now, and has not run since: then it is kept. early.c */
bool early_keeps(struct collection *c, addr_t at, const uint8_t *bytes);
/* The list is walked from its start. */
void early_restart(struct collection *c);
/* Forget those that were not kept: their AT is 0 from now on. */
void early_forget(struct collection *c);
/* Take what is forgotten off the snapshot. */
void early_drop(struct collection *c);

/* Add those that a broken list does not lead to, if they can be known. lost.c
 */
void lost_find(struct collection *c);

/* Find the threads of goroutines that run, once their segments are there.
 * threads.c */
void threads_match(const struct target *t, struct snapshot *s);

/* What ended the program, when machines have their threads. fatal.c */
void fatal_read(struct collection *c);

/* Read the runtime's clock, and when the target no longer matters, tell how
 * long goroutines have waited. clock.c */
void clock_read(struct collection *c);
void clock_apply(struct collection *c);

#endif
