/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stacks.h - whose segment an address lies in, and what was copied of it. What
 * goroutines wait by lies on their stacks, which are copied already.
 */
#ifndef MODEL_STACKS_H
#define MODEL_STACKS_H

#include "model/model.h"
#include "target/target.h"

/* The segments of all goroutines, by address. */
struct stacks {
	const struct snapshot *snapshot;
	struct {
		ARRAY(struct stack_place {
			addr_t low;
			uint32_t goroutine; /* index */
			uint32_t segment;   /* index */
		});
	} places;
};

void stacks_make(const struct snapshot *s, struct stacks *ret);

static inline void stacks_scope(struct stacks *s)
{
	free(s->places.items);
}

/* The segment that AT lies in; NULL: in none. */
const struct stack_place *stacks_find(const struct stacks *s, addr_t at);

/* Read SIZE bytes of one segment. False: they were not copied. */
bool segment_read(const struct segment *s, addr_t at, void *buf, size_t size);

/* Read SIZE bytes: what was copied of a stack, or the target's. */
struct error *stacks_read(const struct stacks *s, struct target *t, addr_t at,
			  void *buf, size_t size);

#endif
