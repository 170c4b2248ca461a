/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names.h - what a runtime calls its things: the text of runtimes/NAME.rt,
 * lines of `noun = name`, and what each noun is called.
 */
#ifndef LAYOUT_NAMES_H
#define LAYOUT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "util/array.h"
#include "util/error.h"

/* A longer description is none. */
enum { DescriptionMost = 64 << 10 };

/* A description of a runtime, and what it is called in messages. */
struct description {
	const char *file;
	const char *text;
	size_t size;
	bool own; /* a user's, not built in */
};

struct names {
	const char *file;
	bool own;    /* of a description that is */
	char *text;  /* cut up; the items point into it */
	char *lines; /* likewise, each line whole */
	ARRAY(struct name {
		const char *noun;
		const char *name;
		const char *line; /* that it stands in, and which */
		unsigned number;
		size_t noun_at; /* of the line */
		size_t name_at;
	});
};

/* Read the lines of D, whose FILE outlives RET. */
struct error *names_parse(const struct description *d, struct names *ret);
void names_free(struct names *n);

static inline void names_scope(struct names *n)
{
	names_free(n);
}

/* What NOUN is called, or NULL if the text does not say. */
const char *names_of(const struct names *n, const char *noun);

/* Whether WORD is one of LIST, and whether of those that NOUN is called. */
bool word_in(const char *list, const char *word);
bool names_say(const struct names *n, const char *noun, const char *word);

/* The same as names_of(), with its line. */
const struct name *names_find(const struct names *n, const char *noun);

/* That something is wrong in the line of NAME, AT so many bytes: WHAT. */
struct error *names_mistake(const struct names *n, const struct name *name,
			    size_t at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
