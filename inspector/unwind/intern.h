/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * intern.h - stacks that are the same are kept once: the same frames, found in
 * the same way, with seams at the same places.
 */
#ifndef UNWIND_INTERN_H
#define UNWIND_INTERN_H

#include "model/model.h"
#include "util/map.h"

/* Stacks by what is in them. Zeroed is empty. */
struct interned {
	struct map index; /* hash of the frames to the first of its chain */
	struct {
		ARRAY(struct interned_stack {
			struct span frames;
			uint32_t next; /* index + 1; 0 ends the chain */
		});
	} all;
};

void interned_free(struct interned *i);

/* By what stacks are found. */
uint64_t intern_hash(const struct frame *frames, size_t n);

/* Where in S the N FRAMES with HASH, which are no frames of S, are kept. */
struct span intern(struct interned *i, struct snapshot *s,
		   const struct frame *frames, size_t n, uint64_t hash);

#endif
