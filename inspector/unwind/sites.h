/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sites.h - what is known of the code at an address, however many frames are
 * there: its unwind row and whose code it is. Found once for each address.
 */
#ifndef UNWIND_SITES_H
#define UNWIND_SITES_H

#include "layout/layout.h"
#include "unwind/row.h"
#include "util/map.h"

struct site {
	struct row *row; /* NULL: no unwind table has it; owned by the sites */
	bool own;	 /* the runtime's */
	bool in_library; /* of a library that the runtime calls */
	bool seam;	 /* of the runtime's, what switches stacks */
	bool outermost;	 /* no stack goes beyond it */
	bool signal; /* not the runtime's: where signal handlers return to */
};

/* Zeroed is empty. */
struct sites {
	struct map index;
	struct {
		ARRAY(struct site);
	} all;
};

void sites_free(struct sites *s);

/* NULL: that is to be found out. */
const struct site *sites_known(const struct sites *s, addr_t at);
struct site sites_add(struct sites *s, struct program *p,
		      const struct layout *l, addr_t at);

#endif
