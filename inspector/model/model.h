/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.h - READ FIRST. What was found in a target: plain data, filled in from
 * left to right by the stages and read by render.
 *
 *	collect.c	goroutines, segments, machines	(model)
 *	objects.c	what they wait for, see objects.h
 *	remains.c	what is left behind
 *	unwind/		frames				pc, where it lies
 *	symbol/		places				pc to functions
 *	analyse/	what is told of a stack		frames to lines
 *			groups				what is alike
 *
 * Everything is in arrays of the snapshot. A goroutine's own part of an array
 * is a span of it. What is wrong with the target becomes a note. Text can be
 * shown on a terminal as it is: see util/clean.h.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/objects.h"
#include "util/addr.h"
#include "util/array.h"
#include "util/span.h"
#include "util/strings.h"

enum { NONE = UINT32_MAX, NOBODY = NONE - 1 }; /* an index of nothing */

/*
 * There may be a million, and more than that of segments: 128 and 40 bytes
 * each. So what is good for a while only shares its place with what comes after
 * it, what many have in common is elsewhere, and indices are half a pointer.
 */
struct goroutine {
	addr_t at; /* of its struct */
	int64_t id;
	const char *state;  /* in words */
	const char *reason; /* what it waits for; "" unless it waits */
	const char *name;   /* "" if it has none */
	union {
		uint64_t since; /* while it is collected, if waiting: ticks */
		int64_t waited; /* nanoseconds; -1 unknown or not waiting */
	};
	addr_t object;	      /* if waiting: on what; or 0 */
	addr_t sp;	      /* saved, unless running */
	uint64_t bytes;	      /* of all segments, as the runtime counts */
	struct span segments; /* newest first */
	union {
		struct {	    /* while it is collected: */
			addr_t top; /* the newest segment's; or where its
				       segments begin */
			addr_t low; /* the newest segment's */
		};
		struct {
			struct span frames; /* innermost first; same stacks
					       share them */
			struct span lines;  /* of its stack as it is told;
					       likewise */
		};
	};
	const char *stop; /* why the trace ends early; NULL: at its entry */
	uint32_t origin;
	uint32_t saved;	     /* registers, besides sp and pc; or NONE */
	uint32_t where;	     /* a location, or NONE */
	uint32_t created_by; /* a location, or NONE */
	int32_t thread;	     /* if running: the kernel's id; 0: on none now */
	bool doubtful : 1;   /* that may be another process's number for it */
	bool running : 1;
	bool waiting : 1;
	bool whole : 1;	  /* its segments are all there */
	bool unwound : 1; /* its frames are there; else, at first, its top */
	bool damaged : 1; /* something is wrong with them: there is a note */
};

_Static_assert(sizeof(struct goroutine) == 128, "as is said above");

/* Where goroutines come from and where they are parked. Few differ in it. */
struct origin {
	addr_t pc;	/* saved, unless running */
	addr_t entry;	/* its function */
	addr_t creator; /* a return address; 0 unknown */
};

/* Of a stack, [low, end). The bytes that were copied are its last. */
struct segment {
	addr_t low;
	addr_t end;
	addr_t sp;	      /* the lowest address in use; 0 unknown */
	const uint8_t *bytes; /* what was copied; the target's */
	uint32_t nbytes;
	uint32_t grown_by; /* a location; NONE: unknown; NOBODY: the first */
};

_Static_assert(sizeof(struct segment) == 40, "as is said above");

/* What is of no use at present: a goroutine that has ended, and its segment; or
 * one that a goroutine has left, and keeps. */
struct remains {
	int64_t goroutine;
	bool ended;
	addr_t at; /* if so: its struct */
	addr_t low;
	addr_t end;
};

/* A thread that runs goroutines. */
struct machine {
	addr_t at;
	int64_t id;
	int32_t thread;
	addr_t current; /* the goroutine that it runs or ran last */
};

/* A thread's stack. */
struct thread_stack {
	int32_t thread;
	int64_t machine;   /* -1: it is of no machine */
	int64_t goroutine; /* whose stack it is on; 0: its own */
	struct span frames;
	struct span lines;
	uint32_t registers; /* of its first line; NONE */
	const char *stop;
};

/* A thread, or a machine without one, and what it does. */
struct crew {
	int32_t thread;	 /* 0: none */
	int64_t machine; /* -1: it is of no machine */
	uint32_t party;	 /* what it runs, or is of the program's own; NONE */
	int64_t last;	/* the goroutine that it ran last; 0: none that lives */
	bool registers; /* they are known, and so is: */
	int64_t call;	/* the system call that it is in; -1: none */
	bool call_restarted;   /* it is some call, for the second time */
	const char *call_name; /* NULL: none that has a name here */
};

enum frame_kind {
	FRAME_CALL,	  /* pc is a return address */
	FRAME_ACTIVATION, /* pc is the next instruction */
};

/* How a frame was found. */
enum frame_source {
	SOURCE_REGISTERS, /* the first one */
	SOURCE_CFI,
	SOURCE_FRAME_POINTER,
	SOURCE_STACK_TOP, /* taken for the return address of a bad call */
};

struct frame {
	addr_t pc;
	uint32_t segment; /* of the goroutine's, newest 0; NONE: elsewhere */
	uint32_t place;	  /* index of its place, or NONE */
	uint32_t omitted; /* so many not own before it are not here */
	uint8_t kind;
	uint8_t source;
	bool own;	 /* the runtime's own code */
	bool in_library; /* code that the runtime may have called */
	bool seam;	 /* of own, what switches stacks; nobody calls it */
	bool signal;	 /* not own: what a signal handler returns to */
};

/* A function at a pc; the innermost first where functions are inlined. */
struct location {
	const char *function;
	const char *file; /* without directories; NULL unknown */
	int line;
	bool inlined; /* into the next location of its place */
};

/* What is at a pc: a span of locations. */
struct place {
	uint32_t first;
	uint32_t n;
};

/* A line of a stack as it is told. */
struct line {
	uint32_t location;
	uint32_t frame;	  /* NONE: see ENTRY */
	uint32_t omitted; /* frames that are not told above it */
	bool seam;	  /* a segment ends above it */
	bool entry; /* not a frame: the function that will be, or was, run */
};

/* Goroutines that have something in common. */
struct group {
	const char *label;   /* what it is; NULL: the stack */
	struct span lines;   /* of the stack, if it is that; or empty */
	const char *stop;    /* why the stack ends early; or NULL */
	struct span members; /* indices of goroutines, by id */
	struct span states;  /* theirs, most frequent first */
};

/* What so many of a group do. */
struct group_state {
	const char *state; /* in words; NULL: others, too many to tell */
	const char *reason;
	size_t n;
	int64_t least; /* the shortest wait; -1: none is known */
	int64_t longest;
};

/* The signal that ended the program, or stopped it for a debugger. */
struct fatal {
	const char *signal; /* "SIGSEGV"; NULL: there is none */
	bool addressed;	    /* it is about this address: */
	addr_t address;
	int32_t thread;	   /* that got it */
	int64_t goroutine; /* which ran on that; 0: none did */
	const char *name;  /* of the goroutine; "" if it has none */
};

/* An argument or local variable of a line of a goroutine's stack. */
struct variable {
	uint32_t line; /* which of its lines, from 0 on */
	bool argument;
	const char *name;
	const char *value; /* as text, or why it has none; NULL: its bytes are
			      told */
	/* In hexadecimal, as they lie in memory, where they are asked for: */
	const char *bytes;   /* the first of them; NULL: not known */
	const char *entered; /* an argument's, when the function was entered;
				NULL: likewise */
};

/* Of a frame, by their numbers in DWARF. */
enum { RegisterNumber = 17 };
struct registers {
	uint64_t value[RegisterNumber];
	uint32_t known; /* bit N: number N is */
};

/* What is told of a goroutine besides. */
struct detail {
	struct span variables; /* line by line, arguments first */
	uint32_t registers;    /* of its first line; NONE */
};

/* Damage that was found. */
struct note {
	const char *text;
};

struct snapshot {
	struct strings strings;
	struct {
		ARRAY(struct goroutine);
	} goroutines;	 /* by id */
	bool incomplete; /* there may be more, which cannot be read */
	struct {
		ARRAY(struct origin);
	} origins;
	struct {
		ARRAY(struct segment);
	} segments;
	struct {
		ARRAY(struct remains);
	} remains; /* where they are asked for */
	struct {
		ARRAY(struct machine);
	} machines;
	struct {
		ARRAY(struct thread_stack);
	} threads;
	struct {
		ARRAY(struct frame);
	} frames;
	struct {
		ARRAY(struct place);
	} places;
	struct {
		ARRAY(struct location);
	} locations;
	struct {
		ARRAY(struct line);
	} lines;
	size_t lines_most; /* so many of a stack are to be shown; 0: all */
	bool coloured;	   /* it is shown on a terminal */
	bool as_bytes;	   /* so are variables told, and whose stacks are the
			      same */
	struct {
		ARRAY(struct group);
	} groups; /* largest first */
	struct {
		ARRAY(uint32_t);
	} members;
	struct {
		ARRAY(struct group_state);
	} states;
	struct {
		ARRAY(struct note);
	} notes;
	struct {
		ARRAY(struct detail);
	} details; /* one for each goroutine; or none */
	struct {
		ARRAY(struct variable);
	} variables;
	struct {
		ARRAY(struct registers);
	} registers;
	struct {
		ARRAY(struct crew);
	} crew;
	struct fatal fatal;
	int64_t now;	  /* on the runtime's clock, of which waits are told; 0:
			     unknown */
	bool clock_read;  /* it was: what there is of it is damage, or too few
			     readings, where NOW is unknown */
	bool now_is_past; /* when the program noted it: a core's */
	bool since_noted; /* of somebody who waits, on the runtime's clock */
	struct objects objects;
};

static inline const struct origin *origin_of(const struct snapshot *s,
					     const struct goroutine *g)
{
	return &s->origins.items[g->origin];
}

/* Where the bytes that were copied of a segment begin. */
static inline addr_t segment_copied(const struct segment *s)
{
	return addr_minus(s->end, s->nbytes);
}

/* What a goroutine has besides the segments that are in use, behind the newest,
 * to be used again. */
uint64_t goroutine_kept(const struct snapshot *s, const struct goroutine *g);

/* The machine whose thread is TID; NULL. */
const struct machine *machine_on(const struct snapshot *s, int32_t tid);

/* Who P is: "goroutine 7", or its thread_name. parties.c */
const char *party_name(struct snapshot *s, const struct party *p);

struct snapshot *snapshot_new(void);
void snapshot_free(struct snapshot *s);

static inline void snapshot_scope(struct snapshot **s)
{
	if (*s)
		snapshot_free(*s);
}

/* Damage, in words: "goroutine 7: segment 3: Stktop at 0x7f10 is ...". */
void snapshot_note(struct snapshot *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
