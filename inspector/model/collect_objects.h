/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * collect_objects.h - from a target's memory to the model: parties, the objects
 * that they wait for, and the queues of these. Of a stopped target, when its
 * goroutines are collected, all of them. Walks are bounded, as collect.h says.
 *
 *	parties.c	who there is, and until when they wait
 *	wants.c		what for
 *	objects.c	what there is to tell of that
 *	queues.c	who waits in it
 *	scheduler.c	who is to run
 *	references.h	who could do something about it
 */
#ifndef MODEL_COLLECT_OBJECTS_H
#define MODEL_COLLECT_OBJECTS_H

#include "layout/objects.h"
#include "model/model.h"
#include "model/stacks.h"
#include "target/target.h"

/* What the parts need. */
struct looking {
	struct target *target;
	const struct layout *layout;
	const struct objects_layout *objects; /* or NULL */
	struct snapshot *snapshot;
	struct stacks stacks;
	struct map met; /* waiters: none is in two queues, or twice in one */
	size_t waiters_most;
};

/* O is NULL where the description of the runtime does not tell of objects: then
 * there are parties, the goroutines. */
void collect_objects(struct target *t, const struct layout *l,
		     const struct objects_layout *o, struct snapshot *s);

/* The parts, in order. */
void collect_parties(struct looking *l);
void collect_scheduler(struct looking *l);
void collect_timers(struct looking *l);
void collect_wants(struct looking *l);
void collect_descriptors(struct looking *l);
void fill_objects(struct looking *l);

/* The number of the object of KIND at AT, new or not. wants.c */
uint32_t add_object(struct looking *l, addr_t at, enum object_kind kind);

/* The party whose goroutine's struct is at AT; NONE. parties.c */
uint32_t party_at(const struct looking *l, addr_t at);

/* Fill in queue number NTH of O from its FIRST waiter on. queues.c */
void read_queue(struct looking *l, struct object *o, size_t nth, addr_t first);

/* What a kind is called: "channel". objects.c */
const char *object_word(enum object_kind kind);

#endif
