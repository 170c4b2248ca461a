/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * objects.h - where a runtime keeps what goroutines wait for: channels,
 * mutexes and their like, descriptors, deadlines. Looked for only where a
 * command asks for objects. No memory is read.
 */
#ifndef LAYOUT_OBJECTS_H
#define LAYOUT_OBJECTS_H

#include "layout/layout.h"

/* Ways to wait, in the order of `wait.` nouns in objects.c. */
enum way {
	WAY_SEND,
	WAY_RECEIVE,
	WAY_SELECT,
	WAY_MUTEX,
	WAY_READ_LOCK,
	WAY_WRITE_LOCK,
	WAY_CONDITION,
	WAY_WAITGROUP,
	WAY_ONCE,
	WAY_JOIN,
	WAY_SLEEP,
	WAY_STOP,
	WAY_READ,
	WAY_WRITE,
	WAY_ACCEPT,
	WAY_CONNECT,
	WAY_EITHER,
	NWAYS,
};

/* An object with one queue, and an owner if it has one. */
struct shared_layout {
	uint64_t size;
	struct field lock, owner, queue;
};

struct objects_layout {
	const char *ways[NWAYS]; /* their words */
	struct {
		struct field wait, joiners, queued;
	} goroutine;
	struct {
		addr_t at; /* the variable */
		struct field alone, lock, first, last, queued, idle, idlers,
			machines, actives;
	} scheduler;
	struct {
		uint64_t fenced;
		struct field idle, active, owned, visited, ring, taken, put,
			mask;
	} machine;
	struct {
		uint64_t size;
		struct field first, last;
	} queue;
	struct {
		uint64_t size;
		struct field next, prev, goroutine, wait;
	} waiter;
	struct {
		uint64_t size;
		struct field lock, closed, count, capacity, element, taken, put,
			receivers, senders, creator;
	} channel;
	struct {
		uint64_t size;
		struct field cases, number;
	} select;
	struct {
		uint64_t size;
		struct field clause, waiter;
	} select_case;
	struct {
		uint64_t size;
		struct field channel;
	} clause;
	struct shared_layout mutex, rwlock, condition, waitgroup, once;
	struct field readers; /* of an rwlock, times READER */
	uint64_t reader;
	struct field count; /* of a waitgroup */
	struct {
		addr_t lock; /* the variable */
		uint64_t ended, cancelled;
	} join;
	struct {
		addr_t table; /* the variable */
		uint64_t table_size;
		uint64_t chunk;
		uint64_t size;
		uint64_t unknown, plain;
		struct field number, lock, users, closing, socket, kind, queues;
	} descriptor;
	struct {
		addr_t at; /* the variable */
		struct field lock, slots, used, number, room, next;
	} timers;
	struct {
		uint64_t size;
		struct field when, goroutine, wait;
	} timer;
	struct {
		addr_t head; /* the variable */
		uint64_t size;
		struct field next, goroutine, thread, waits, forever;
	} thread;
};

/* Of the runtime in P that L is of. What is missing is told all at once. */
struct error *objects_layout_open(struct program *p, const struct layout *l,
				  struct objects_layout *ret);

/* Whether NOUN is one of those that are looked for here. */
bool objects_noun(const char *noun);

/* The words that tell it; NULL: the description does not say. */
const char *objects_way_word(const struct names *n, enum way way);

/* The way that is told by these WORDS; NWAYS: none that is known. */
enum way objects_way(const struct objects_layout *o, const char *words);

#endif
