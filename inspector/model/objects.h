/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * objects.h - what is waited for, and by whom: the part of the snapshot that
 * commands about objects ask for. Included by model.h.
 *
 * Who waits, or owns something, is a party: a goroutine, or a thread of the
 * program's own that has called the runtime. An object is known because a
 * party waits for it, or, of descriptors, because the runtime has a table of
 * them. What nobody waits for is on no list, and is not found.
 */
#ifndef MODEL_OBJECTS_H
#define MODEL_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "model/scheduler.h"
#include "util/addr.h"
#include "util/array.h"
#include "util/map.h"
#include "util/span.h"

/* The number of party I of the goroutines is I; threads come behind them. */
struct party {
	addr_t at; /* of its goroutine's struct, which a thread has too */
	int64_t goroutine; /* its id; 0: it is a thread of the program's */
	int32_t thread;	   /* of those, the kernel's id; 0: it has ended */
	const char *thread_name; /* and in words; NULL: a goroutine */
	bool waiting;
	bool claimed;	    /* about to be woken */
	bool timed;	    /* its wait has a deadline */
	bool dated;	    /* which is known: */
	int64_t deadline;   /* nanoseconds on the runtime's clock */
	int64_t waited;	    /* as a goroutine's */
	const char *reason; /* what it waits for, in words; "" */
	addr_t object;	    /* and where that is; or 0 */
	uint64_t wait;	    /* the number of its wait */
	uint64_t joiners;   /* the word that leads to them */
	struct span wants;  /* objects that it waits for */
	bool for_nothing;   /* in a select without cases */
	uint8_t fate;
	bool hidden; /* part of its stack is not known */
};

enum object_kind {
	OBJECT_CHANNEL,
	OBJECT_MUTEX,
	OBJECT_RWLOCK,
	OBJECT_CONDITION,
	OBJECT_WAITGROUP,
	OBJECT_ONCE,
	OBJECT_GOROUTINE, /* that is joined: its struct */
	OBJECT_DESCRIPTOR,
	OBJECT_KINDS,
};

/* Of a channel, receivers and senders; of a descriptor, by what is wanted. */
enum { QUEUE_RECEIVERS = 0, QUEUE_SENDERS = 1, QueuesMost = 3 };

struct object {
	addr_t at;
	const char *name; /* of the variable that it is in, with the offset if
			     that is not 0; NULL: in none */
	const char *word; /* what its kind is called: "mutex" */
	uint64_t size;	  /* its bytes, a channel's elements included */
	uint8_t kind;
	bool fixed;  /* it is in a program's or library's own data */
	bool known;  /* it could be read: what follows is true */
	bool locked; /* somebody was about to change it */
	bool closed; /* a channel, or descriptor */
	bool socket; /* a descriptor */
	bool polled; /* a descriptor: the kernel tells of its events */
	int32_t descriptor;
	uint64_t count;	   /* a channel's elements, a waitgroup's count, an
			      rwlock's readers, a descriptor's calls */
	uint64_t capacity; /* a channel's */
	uint64_t element;  /* bytes of each */
	uint64_t taken;	   /* where the next is received from, */
	uint64_t put;	   /* or sent to */
	addr_t owner; /* a mutex's, rwlock's, once's, what is joined; or 0 */
	uint32_t owned_by;   /* the party, or NONE: it is none that lives */
	addr_t creator;	     /* a channel's: a return address; or 0 */
	uint32_t created_by; /* a location, or NONE */
	struct span queues[QueuesMost]; /* waiters, first come first */
	addr_t last[QueuesMost];	/* where each queue says that it ends */
	struct span holders;	  /* parties on whose stacks its address is */
	size_t elsewhere;	  /* so many times it is in other memory, */
	addr_t elsewhere_at;	  /* first here; or in a thread's register: 0 */
	const char *elsewhere_in; /* the variable there; NULL: none */
};

/* The address of an object is on a party's stack. */
struct holder {
	uint32_t object;
	uint32_t party;
};

/* What is known of whether a party will go on. */
enum fate {
	FATE_GOES_ON,	/* it does not wait, or is about to go on */
	FATE_ITSELF,	/* a deadline or the kernel ends its wait */
	FATE_UNKNOWN,	/* what it waits for cannot be read */
	FATE_OTHERS,	/* others that go on can end it */
	FATE_FORGOTTEN, /* nobody was found who could */
	FATE_STUCK,	/* nobody can */
	FATES,
};

/* Parties that wait for each other, or for nobody. */
struct deadlock {
	bool certain;	     /* all of them are stuck */
	struct span members; /* parties; those in the circle first */
	size_t circle; /* so many of them wait for the next, in a circle */
};

/* An entry of a queue. */
struct waiter {
	addr_t at;
	addr_t prev;
	uint32_t party; /* NONE: it is none that lives */
	bool current;	/* it is of the wait that the party is in */
};

/* An entry among the deadlines. */
struct timer {
	int64_t when;
	uint32_t party; /* NONE: it is none that lives */
	bool stale;	/* that wait has ended */
};

struct objects {
	struct {
		ARRAY(struct party);
	} parties;
	struct {
		ARRAY(uint32_t);
	} wants;
	struct {
		ARRAY(struct object);
	} objects;
	struct {
		ARRAY(struct waiter);
	} waiters;
	struct {
		ARRAY(struct timer);
	} timers; /* by deadline */
	struct {
		ARRAY(struct holder);
	} holders; /* by object */
	struct {
		ARRAY(struct deadlock);
	} deadlocks;
	struct {
		ARRAY(uint32_t);
	} members; /* of deadlocks */
	struct {
		ARRAY(const char *);
	} findings; /* what is not as it must be */
	struct scheduler scheduler;
	bool at_work;  /* a thread is at something in the runtime's own code */
	bool unlocked; /* somebody is at objects without having locked them */
	bool timers_locked;   /* somebody was about to change them */
	int64_t timers_next;  /* what is said to be the next, */
	uint64_t timers_said; /* and how many there are said to be, */
	uint64_t timers_room; /* with room for so many */
	size_t strangers;     /* threads that have not called the runtime */
	uint64_t unsearched;  /* bytes of other memory that were too many */
	struct map party_at;  /* address of a goroutine's struct to party */
	struct map object_at; /* object_key() to object */
};

/* What OBJECT_AT knows an object by. */
static inline uint64_t object_key(addr_t at, enum object_kind kind)
{
	return at.v ^ (uint64_t)kind << 60;
}

static inline void objects_free(struct objects *o)
{
	free(o->parties.items);
	free(o->wants.items);
	free(o->objects.items);
	free(o->waiters.items);
	free(o->timers.items);
	free(o->holders.items);
	free(o->deadlocks.items);
	free(o->findings.items);
	free(o->members.items);
	scheduler_free(&o->scheduler);
	map_free(&o->party_at);
	map_free(&o->object_at);
}

#endif
