/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sites.h - what is known of the code at an address, however many frames are
 * there: its unwind row and whose code it is. Found once for each address.
 */
#ifndef UNWIND_SITES_H
#define UNWIND_SITES_H

#include "layout/layout.h"
#include "layout/program.h"
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

/* A module's unwind tables, opened when they are first asked. */
struct module_tables {
	const Dwfl_Module *module;
	struct loaded_table {
		bool opened;
		struct table table;
		uint64_t bias; /* what its addresses lack */
	} eh, debug;
};

/* Those of all modules that were asked. */
struct tables {
	struct {
		ARRAY(struct module_tables);
	} modules;
};

/* Zeroed is empty. */
struct sites {
	struct map index;
	struct tables *tables; /* may be others' too; NULL: not yet */
	struct {
		ARRAY(struct site);
	} all;
};

/* Not its tables: they are freed with tables_free(), which takes NULL. */
void sites_free(struct sites *s);

struct tables *tables_new(void);
void tables_free(struct tables *t);

/* NULL: that is to be found out. */
const struct site *sites_known(const struct sites *s, addr_t at);
struct site sites_add(struct sites *s, struct program *p,
		      const struct layout *l, addr_t at);

#endif
