/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core.h - what core.c and corenotes.c share: a core file, mapped. Everything
 * in it may be wrong, and its end may be missing.
 */
#ifndef TARGET_CORE_H
#define TARGET_CORE_H

#include "target/target.h"

struct core {
	struct target target;
	struct bytes file;
	const char *unpacked; /* what was wrong with it when it was, or NULL */
	struct {
		ARRAY(struct load {
			addr_t low;
			addr_t end;	 /* of the memory */
			addr_t dumped;	 /* up to here the core holds it */
			uint64_t offset; /* of LOW in the core */
			bool writable;
			bool executable;
		});
	} loads;	    /* by address, disjoint */
	size_t last;	    /* the load that was looked at last */
	size_t overlapping; /* so many began in the one before */
	addr_t overlap;	    /* where the first of them begins */
	struct {
		ARRAY(void *);
	} copies; /* ranges that cross from one load into the next */
};

/* Take threads, files and the auxiliary vector from a PT_NOTE's bytes. */
void core_read_notes(struct core *c, struct bytes notes);

#endif
