/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scheduler.h - the queues of runnable goroutines, and the machines that have
 * nothing to do: a part of the snapshot that check asks for.
 */
#ifndef MODEL_SCHEDULER_H
#define MODEL_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "util/addr.h"
#include "util/array.h"
#include "util/span.h"

/* Goroutines that are to run, oldest first. */
struct run_queue {
	int64_t machine;     /* whose it is; -1: it is the shared one */
	bool changing;	     /* somebody was at it */
	struct span members; /* where their structs are */
};

/* What the scheduler says of itself, and what there is. */
struct scheduler {
	bool changing; /* all but machines' queues */
	struct {
		ARRAY(struct run_queue);
	} queues; /* the shared one first */
	struct {
		ARRAY(addr_t);
	} members;
	struct {
		ARRAY(addr_t);
	} idle;		 /* where the structs of machines are */
	uint64_t active; /* machines that may run goroutines */
	struct {
		addr_t last; /* in the shared queue */
		uint64_t queued, idlers, machines, actives;
	} said;
};

static inline void scheduler_free(struct scheduler *s)
{
	free(s->queues.items);
	free(s->members.items);
	free(s->idle.items);
}

#endif
