/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * search.h - the types, variables, members and enumerators that a description
 * names, in an executable's debug information, and all that is missing.
 */
#ifndef LAYOUT_SEARCH_H
#define LAYOUT_SEARCH_H

#include <stdlib.h>

#include "layout/formula.h"
#include "layout/names.h"
#include "layout/types.h"
#include "util/error.h"

/* What of a root is not kept. */
enum { NOWHERE = SIZE_MAX };

/* A thing that others hang on, by the noun for its name. What is kept, AT so
 * many bytes in the layout: a struct's size (uint64_t), a variable's address
 * (addr_t), an enumerator's value (uint64_t). */
struct root {
	const char *noun;
	enum sought_kind kind;
	size_t at;
	bool optional;	    /* a description need not name it */
	const char *length; /* a struct: the noun for its size where debug
			       information does not have it; or NULL */
};

/* A member of number ROOT, which is a struct or a variable that is one, by the
 * noun for its name. MOST is the most bytes that it may have. The struct field
 * is kept AT so many bytes in the layout. */
struct part {
	const char *noun;
	unsigned root;
	size_t at;
	uint64_t most;
	bool optional; /* a description need not name it */
	bool computed; /* an expression may stand for it, see seam-rt(5) */
	bool global;   /* which is of no struct */
};

struct search {
	struct program *program;
	const struct names *names;
	addr_t low; /* the runtime's own code */
	addr_t end;
	struct {
		ARRAY(char);
	} missing;		   /* "type G, variable allg"; not NUL-ended */
	const char *noun;	   /* that is looked for; or NULL */
	const struct name *missed; /* of the first that is missing; or NULL */
	struct {
		ARRAY(struct sought);
	} variables; /* that expressions speak of; their names are owned */
	struct formulas *formulas; /* where they go to, as they are compiled */
	struct error *mistake;	   /* in an expression */
};

void search_scope(struct search *s);

/* Read the expressions among N parts for mistakes, and note the variables that
 * they speak of. */
struct error *search_read(struct search *s, const struct part *parts, size_t n);

/* What NOUN is called; a description without it is taken to call it so. */
const char *search_name(const struct search *s, const char *noun);

/* Note that there is no WHAT called NAME. */
void search_miss(struct search *s, const char *what, const char *name);

/* Find N roots, and put them into LAYOUT. False if there is no debug
 * information at all. */
bool search_roots(struct search *s, const struct root *roots, size_t n,
		  struct sought *found, void *layout);

/* The same for N members of the roots that were found. */
void search_parts(struct search *s, const struct part *parts, size_t n,
		  const struct sought *found, void *layout);

/* A mistake in an expression, or the error that tells all that is missing;
 * NULL: nothing is. */
struct error *search_missing(struct search *s);

#endif
