/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * formula.h - what a description calculates, compiled for one executable: so
 * many steps on a small stack of numbers. Steps only go forward, so that it
 * ends; it takes no memory. What it reads of a target is read by who runs it.
 *
 *	expression	what a description says, see seam-rt(5)
 *	compile()	names become offsets, sizes and addresses
 */
#ifndef LAYOUT_FORMULA_H
#define LAYOUT_FORMULA_H

#include "layout/names.h"
#include "layout/types.h"

/* STEP_READ reads at the number on top; those after STEP_OR make one number of
 * the two on top. */
enum step_kind {
	STEP_NUMBER, /* VALUE */
	STEP_MEMBER, /* SIZE bytes of the struct, from VALUE on */
	STEP_SELF,   /* the address of the struct */
	STEP_READ,   /* SIZE bytes of memory */
	STEP_NOT,
	STEP_COMPLEMENT,
	STEP_NEGATE,
	STEP_BELOW,	   /* the top is an index, and below VALUE; or none */
	STEP_SKIP,	   /* go on VALUE steps further */
	STEP_SKIP_IF_ZERO, /* the same if the top is 0; take it off */
	STEP_OR,
	STEP_XOR,
	STEP_AND,
	STEP_EQUAL,
	STEP_UNEQUAL,
	STEP_LESS,
	STEP_LESS_EQUAL,
	STEP_GREATER,
	STEP_GREATER_EQUAL,
	STEP_LEFT,
	STEP_RIGHT,
	STEP_ADD,
	STEP_SUBTRACT,
	STEP_MULTIPLY,
	STEP_DIVIDE,
	STEP_REMAINDER,
};

enum { StepsMost = 64, FormulaStack = 16 };

struct step {
	uint8_t kind;
	uint8_t size;
	uint64_t value;
};

struct formula {
	size_t n;
	struct step steps[StepsMost];
};

/* Those that were compiled, by who owns them. */
struct formulas {
	ARRAY(struct formula *);
};

/* What an expression may speak of. */
struct scene {
	struct program *program;
	const struct names *names;
	const char *type;  /* of the struct, for messages */
	Dwarf_Die *object; /* the struct; NULL: there is none */
	uint64_t size;	   /* of the struct */
	bool blind;	   /* types are not known: it is read for mistakes */
	const struct sought *variables; /* that were looked for */
	size_t nvariables;
};

/*
 * Compile what NAME says. An error is a mistake in it. What it speaks of, and
 * is not there, is *ABSENT, the caller's to free: "member G.goid"; then, and
 * after an error, RET is not set.
 */
struct error *formula_compile(const struct scene *scene,
			      const struct name *name, struct formula *ret,
			      char **absent);

/* Call FOUND with each name in quotes in TEXT. */
void formula_variables(const char *text,
		       void (*found)(void *arg, const char *name, size_t n),
		       void *arg);

#endif
