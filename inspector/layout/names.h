/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names.h - what a runtime calls its things: the text of runtimes/NAME.rt,
 * lines of `noun = name`, and what each noun is called.
 */
#ifndef LAYOUT_NAMES_H
#define LAYOUT_NAMES_H

#include <stddef.h>

#include "util/array.h"
#include "util/error.h"

struct names {
	char *text; /* cut up; the items point into it */
	ARRAY(struct name {
		const char *noun;
		const char *name;
	});
};

/* Parse SIZE bytes of TEXT. */
struct error *names_parse(const char *text, size_t size, struct names *ret);
void names_free(struct names *n);

static inline void names_scope(struct names *n)
{
	names_free(n);
}

/* What NOUN is called, or NULL if the text does not say. */
const char *names_of(const struct names *n, const char *noun);

#endif
