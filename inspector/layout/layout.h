/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * layout.h - where a runtime keeps what we want to know: offsets, sizes and
 * addresses, from the executable's debug information and symbols, once per
 * executable. No memory is read. What the runtime calls its things is data:
 * runtimes/seam.rt and the others beside it, see names.h.
 */
#ifndef LAYOUT_LAYOUT_H
#define LAYOUT_LAYOUT_H

#include <string.h>

#include "layout/code.h"
#include "layout/formula.h"
#include "layout/names.h"
#include "layout/program.h"
#include "layout/types.h"

/* The word for a state that is none, before its number. */
#define DamagedState "state "

enum state_role { STATE_OTHER, STATE_UNUSED, STATE_RUNNING, STATE_WAITING };

/* An enumerator of a goroutine's state. */
struct state {
	uint64_t value;
	char *word; /* as it is printed */
	enum state_role role;
};

/* What a description does not speak of is a field of no bytes: it reads as 0.
 * Those that may be calculated are read with value_of(), see evaluate.h. */
struct layout {
	struct {
		uint64_t size;
		addr_t head;		   /* the variable of a list, or 0: */
		struct field array, count; /* of pointers to them */
		struct field next, wait, name;
		struct field id, state, reason, reason_length, object, since,
			creator, entry, machine, top, low, bytes, oldest;
		struct field sp, pc, saved[NRegs];
		bool saves; /* some of SAVED */
	} goroutine;
	struct {
		uint64_t size;
		const char *type; /* for messages */
		struct field next, boundary, low, bytes, spare;
		/* Of one whose struct lies anywhere. */
		struct field end, newer;
	} segment;
	struct {
		uint64_t size;
		addr_t head; /* the variable */
		struct field next, id, thread, current;
	} machine;
	struct {
		addr_t at; /* the variable */
		struct field first_ticks, first_ns, last_ticks, last_ns;
	} clock;
	struct {
		ARRAY(struct state);
	} states;
	addr_t code_low; /* the runtime's own code; or empty, and this: */
	addr_t code_end;
	struct code_set own;
	struct code_set libraries; /* those that the runtime calls */
	struct code_set seams;	   /* of its own code, what switches stacks */
	const char *name;	   /* of the runtime */
	struct code_set outermost; /* functions that no stack goes beyond */
	bool objects; /* there is more in the description: objects.h */
	struct names names;
	struct formulas formulas;
};

/* The layout of the runtime in P, by the first of N descriptions that is of it,
 * or by the first. What is missing is told all at once. */
struct error *layout_open(struct program *p, const struct description *d,
			  size_t n, struct layout **ret);
void layout_close(struct layout *l);

static inline void layout_scope(struct layout **l)
{
	if (*l)
		layout_close(*l);
}

/* Whether AT lies in the runtime's own code. */
static inline bool layout_own_code(const struct layout *l, addr_t at)
{
	return addr_within(at, l->code_low, l->code_end)
	       || code_has(&l->own, at);
}

/* Whether AT lies in a library that the runtime calls. */
static inline bool layout_library_code(const struct layout *l, addr_t at)
{
	return code_has(&l->libraries, at);
}

/* Whether AT lies in the code that switches stacks. */
static inline bool layout_seam_code(const struct layout *l, addr_t at)
{
	return code_has(&l->seams, at);
}

/* Whether AT lies in a function that no stack goes beyond. */
static inline bool layout_outermost_code(const struct layout *l, addr_t at)
{
	return code_has(&l->outermost, at);
}

/* The state with VALUE; NULL if there is none. */
const struct state *layout_state(const struct layout *l, uint64_t value);

/* The number in field F of the object whose bytes are at OBJECT. */
static inline uint64_t layout_get(const uint8_t *object, struct field f)
{
	uint64_t value = 0;

	if (f.size == sizeof(value))
		memcpy(&value, object + f.offset, sizeof(value));
	else
		memcpy(&value, object + f.offset,
		       f.size < sizeof(value) ? f.size : sizeof(value));
	return value;
}

#endif
