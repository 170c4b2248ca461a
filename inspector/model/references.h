/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * references.h - who has the address of an object, and so might wake those who
 * wait for it: words that look like it, on the live part of each stack, and in
 * all other memory that can be written. For a channel that is its address; any
 * other object may be part of something larger, so an address up to NearBytes
 * below it counts too. What the runtime itself remembers of waits does not.
 */
#ifndef MODEL_REFERENCES_H
#define MODEL_REFERENCES_H

#include "layout/layout.h"
#include "layout/objects.h"
#include "model/model.h"
#include "target/target.h"

enum { NearBytes = 1024 };

/* The other memory, and registers, of a stopped target whose objects are
 * collected. More than SearchMost bytes are not searched. */
void search_memory(struct target *t, const struct layout *l,
		   const struct objects_layout *o, struct snapshot *s);

/* The stacks that have been copied. Afterwards holders are by object. */
void search_stacks(struct snapshot *s);

/* What is searched for; sought.c. */
struct sought_objects {
	struct {
		ARRAY(struct sought_range {
			addr_t low;
			addr_t end;
			uint32_t object;
		});
	} ranges; /* by low end */
	uint64_t widest;
	uint8_t pages[1 << 16]; /* by hash of the page: whether any is there */
};

struct sought_objects *sought_new(const struct objects *o);
void sought_free(struct sought_objects *w);

static inline void sought_scope(struct sought_objects **w)
{
	sought_free(*w);
}

/* Call FOUND(ARG, object, where) for each word of the N bytes that were read AT
 * that refers to an object. */
void sought_look(const struct sought_objects *w, addr_t at,
		 const uint8_t *bytes, size_t n,
		 void (*found)(void *arg, uint32_t object, addr_t at),
		 void *arg);

#endif
