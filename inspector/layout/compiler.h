/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compiler.h - what formula.c, which reads expressions, and places.c, which
 * knows what they speak of, share.
 */
#ifndef LAYOUT_COMPILER_H
#define LAYOUT_COMPILER_H

#include "layout/formula.h"

/* What was read last. */
struct operand {
	enum { NUMBER, IN_STRUCT, IN_MEMORY } kind;
	uint64_t offset; /* of a place */
	Dwarf_Die type;
	bool typed;
};

struct compiler {
	const struct scene *scene;
	const struct name *name;
	const char *p; /* what is read next */
	struct formula formula;
	unsigned stack; /* numbers on it */
	unsigned nesting;
	struct error *error;	 /* the first mistake: it goes no further */
	char *absent;		 /* it is read on for mistakes */
	unsigned absent_outside; /* so many expressions around this have it */
};

#define MISTAKE(c, where, ...)                                                 \
	((c)->error = (c)->error                                               \
			      ? (c)->error                                     \
			      : names_mistake(                                 \
				      (c)->scene->names, (c)->name,            \
				      (c)->name->name_at                       \
					      + ((where) - (c)->name->name),   \
				      __VA_ARGS__))

/* Whether types are not known from here on. */
static inline bool blind(const struct compiler *c)
{
	return c->scene->blind || c->absent || c->absent_outside;
}

/* What is spoken of is not there. */
void miss(struct compiler *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Write a step; one that puts a number on the stack; one that makes one of two.
 */
void emit(struct compiler *c, enum step_kind kind, uint64_t value,
	  uint64_t size);
void push(struct compiler *c, enum step_kind kind, uint64_t value,
	  uint64_t size);
void combine(struct compiler *c, enum step_kind kind);

/* The number that is in a place, read from AT; what is none is a mistake. */
void take_number(struct compiler *c, struct operand *o, const char *at);

/* The address of a place is the number. */
void take_address(struct compiler *c, struct operand *o, const char *at);

/* O becomes its member of LENGTH bytes of NAME. */
void take_member(struct compiler *c, struct operand *o, const char *name,
		 size_t length);

/* O, which is a pointer, becomes what it points to. */
void follow(struct compiler *c, struct operand *o, const char *at);

/* What O[...] is: in two steps, before the index is read and after it. */
struct indexing {
	const char *at; /* the [ */
	uint64_t n;	/* elements, of */
	uint64_t size;
	size_t steps; /* there were so many before the index */
	bool array;
	bool own; /* in the struct */
};

struct indexing index_begin(struct compiler *c, struct operand *o,
			    const char *at);
void index_end(struct compiler *c, struct operand *o, const struct indexing *i);

/* 'NAME', of N bytes. */
struct operand take_variable(struct compiler *c, const char *name, size_t n);

#endif
