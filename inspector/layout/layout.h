/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * layout.h - where a runtime keeps what we want to know: offsets, sizes and
 * addresses, from the executable's debug information and symbols, once per
 * executable. No memory is read. What the runtime calls its things is data:
 * runtimes/seam.rt, see names.h.
 */
#ifndef LAYOUT_LAYOUT_H
#define LAYOUT_LAYOUT_H

#include <string.h>

#include "layout/names.h"
#include "layout/program.h"
#include "layout/types.h"

enum state_role { STATE_OTHER, STATE_UNUSED, STATE_RUNNING, STATE_WAITING };

/* An enumerator of a goroutine's state. */
struct state {
	uint64_t value;
	char *word; /* as it is printed */
	enum state_role role;
};

struct layout {
	struct {
		uint64_t size;
		addr_t head; /* the variable */
		struct field next, id, state, wait, reason, object, since,
			creator, entry, name, machine, sp, pc, top, low, bytes;
	} goroutine;
	struct {
		uint64_t size;
		const char *type; /* for messages */
		struct field next, boundary, low, bytes;
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
	addr_t code_low; /* the runtime's own code */
	addr_t code_end;
	struct {
		ARRAY(struct code {
			addr_t low;
			addr_t end;
		});
	} libraries;	 /* those that the runtime calls */
	addr_t seam_low; /* of that, what switches stacks; empty: unknown */
	addr_t seam_end;
	struct names names;
};

/* The layout of the runtime in P that the SIZE bytes of TEXT describe. What
 * is missing is told all at once. */
struct error *layout_open(struct program *p, const char *text, size_t size,
			  struct layout **ret);
void layout_close(struct layout *l);

static inline void layout_scope(struct layout **l)
{
	if (*l)
		layout_close(*l);
}

/* Whether AT lies in the runtime's own code. */
static inline bool layout_own_code(const struct layout *l, addr_t at)
{
	return addr_within(at, l->code_low, l->code_end);
}

/* Whether AT lies in a library that the runtime calls. */
static inline bool layout_library_code(const struct layout *l, addr_t at)
{
	for (size_t i = 0; i < l->libraries.n; i++)
		if (addr_within(at, l->libraries.items[i].low,
				l->libraries.items[i].end))
			return true;
	return false;
}

/* Whether AT lies in the code that switches stacks. */
static inline bool layout_seam_code(const struct layout *l, addr_t at)
{
	return addr_within(at, l->seam_low, l->seam_end);
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
