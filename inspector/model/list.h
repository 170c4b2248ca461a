/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.h - a list in the target, node by node, as far as it is whole: a node
 * that cannot be read, or was met before, ends it with a note. Of an array that
 * has pointers to nodes, one that cannot be read is left out.
 */
#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include "layout/types.h"
#include "model/model.h"
#include "target/target.h"

/* A variable, and nodes of SIZE bytes; or an array of pointers to them. */
struct list {
	const char *what; /* a node is, for the note */
	addr_t head;	  /* the variable; 0: */
	struct field array, count;
	struct field next;
	uint64_t size;
	bool *broken; /* set where it is; or NULL */
};

struct visitor {
	void (*visit)(void *arg, addr_t at, const uint8_t *node);
	/* Take back all that was visited: it comes again. */
	void (*forget)(void *arg);
	void *arg;
};

/* An error: there is no list. */
struct error *list_walk(struct target *t, struct snapshot *s,
			const struct list *list, const struct visitor *v);

#endif
