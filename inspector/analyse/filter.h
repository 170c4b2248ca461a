/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * filter.h - which goroutines are wanted:
 *
 *	state == waiting && waited > 5s && in("parse_*")
 *
 *	or	and || and ...
 *	and	not && not ...
 *	not	! not, ( or ), test
 *	test	field operator value, or in(glob)
 *
 * Fields are texts (== != ~), or numbers, durations and sizes (== != < <= >
 * >=). != is the opposite of ==. A duration that is not known fits nothing but
 * !=. A goroutine has many functions and files, those of its stack as it is
 * told: one that fits suffices. A text is a word, or stands in quotes, where \"
 * and \\ are " and \. In a glob * is any text, ? any character, and what
 *follows \ is itself.
 *
 *	filter_lex.c	words, and what numbers mean
 *	filter_parse.c	a tree of tests
 *	filter_words.c	what a state or a reason can be
 *	filter.c	whether a goroutine fits, in steps: what costs little is
 *			asked first, and whoever it rules out is not unwound
 *
 * tests/golden/filter.txt has what each must mean, also to gdb's.
 */
#ifndef ANALYSE_FILTER_H
#define ANALYSE_FILTER_H

#include "model/model.h"
#include "symbol/symbol.h"

/* More than anybody types. */
enum { FilterNodes = 1000, FilterDepth = 100 };

enum filter_field {
	FIELD_STATE,
	FIELD_REASON,
	FIELD_NAME,
	FIELD_CREATOR,
	FIELD_ENTRY,
	FIELD_FUNCTION,
	FIELD_FILE,
	FIELD_ID,
	FIELD_OBJECT,
	FIELD_THREAD,
	FIELD_SEGMENTS,
	FIELD_WAITED,
	FIELD_STACK,
	FIELD_NUMBER,
};

/* What is to be known of a goroutine before its fields are. */
enum filter_step {
	FILTER_READ,	  /* its struct */
	FILTER_COLLECTED, /* its segments, its thread, and the time */
	FILTER_NAMED,	  /* the functions that it has the addresses of */
	FILTER_FOLDED,	  /* the lines of its stack */
};

enum filter_kind {
	FILTER_OR,
	FILTER_AND,
	FILTER_NOT,
	FILTER_EQUAL,
	FILTER_UNEQUAL,
	FILTER_LESS,
	FILTER_LESS_EQUAL,
	FILTER_GREATER,
	FILTER_GREATER_EQUAL,
	FILTER_LIKE,
};

struct filter_node {
	enum filter_kind kind;
	uint32_t left; /* of OR, AND and NOT: nodes */
	uint32_t right;
	enum filter_field field; /* of all others */
	size_t at;		 /* where what it compares with stands */
	char *text;		 /* NULL: */
	uint64_t number;
	struct map texts;  /* which fit, by their addresses */
	struct map stacks; /* by their first lines */
};

struct filter {
	ARRAY(struct filter_node); /* the last one is the root */
};

/* What is wrong, and with which byte of the text. */
struct mistake {
	struct error *what;
	size_t at;
};

/* The filter that TEXT is, the caller's to free; false: a MISTAKE, of which
 * WHAT is. */
bool filter_parse(const char *text, struct filter *ret,
		  struct mistake *mistake);
void filter_free(struct filter *f);

/* Whether each state and reason in F is one that there is in the runtime that L
 * is of; or a MISTAKE. */
bool filter_check(const struct filter *f, const struct layout *l,
		  struct mistake *mistake);

static inline void filter_scope(struct filter *f)
{
	filter_free(f);
}

/* All that it asks for is known at this step. */
enum filter_step filter_last_step(const struct filter *f);

/* Whether goroutine G may fit as far as is known at STEP. SYMBOLS may be NULL
 * before FILTER_NAMED. */
bool filter_keeps(struct filter *f, struct symbols *symbols,
		  const struct goroutine *g, enum filter_step step);

/* Take off the snapshot whom it does not keep. */
void filter_drop(struct filter *f, struct symbols *symbols,
		 enum filter_step step);

/* Whether TEXT is like GLOB. */
bool filter_like(const char *text, const char *glob);

#endif
