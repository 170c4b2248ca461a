/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * answers.h - what each command asks of the stages from the model on.
 */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "options.h"
#include "symbol/symbol.h"
#include "unwind/unwind.h"

/* Whether what goroutines wait for is to be read. */
enum objects_wanted {
	OBJECTS_NONE,
	OBJECTS_ANY,	/* what the description of the runtime tells of */
	OBJECTS_NEEDED, /* there is no answer without */
};

enum stacks_wanted {
	STACKS_NONE,
	STACKS_ENTERED, /* up to the first frame in the goroutine's segments */
	STACKS_TOPS,	/* the frames above the user's innermost, and that */
	STACKS_WHOLE,
};

struct answer {
	enum objects_wanted objects;
	bool memory;  /* and all memory to be searched for who has it */
	bool remains; /* what is left behind is wanted */
	bool lost;    /* or for goroutines that are not on the list */
	/* How much of goroutines' stacks is; NULL: nothing. So far are they
	 * copied, and unwound. */
	enum stacks_wanted (*stacks)(const struct options *o);
	bool times; /* its text tells how long somebody has waited */
	bool words; /* of stacks besides frames what lies there */
	/* Unwind, name and analyse what is printed. */
	void (*find)(struct unwinder *u, struct symbols *symbols,
		     const struct options *o);
	/* As text for people, and as members of a JSON document; _as: as
	 * options say. */
	void (*print)(FILE *out, const struct snapshot *s);
	void (*print_as)(FILE *out, const struct snapshot *s,
			 const struct options *o);
	void (*encode)(FILE *out, const struct snapshot *s);
	void (*encode_as)(FILE *out, const struct snapshot *s,
			  const struct options *o);
};

extern const struct answer answers[COMMAND_TYPED];

/* What was found, as text or as members of a JSON document. */
void answer_print(FILE *out, const struct snapshot *s, const struct options *o);
void answer_encode(FILE *out, const struct snapshot *s,
		   const struct options *o);

#endif
