/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * error.h - what could not be done, in words. A function that can fail
 * returns NULL when all is well, and otherwise an error that its caller owns.
 * Results go through the last parameter, RET, untouched on failure.
 *
 * The words are a sentence's rest after "seam: ": lower case, no full stop,
 * what failed first, then the cause, then what the reader can do.
 */
#ifndef UTIL_ERROR_H
#define UTIL_ERROR_H

#include <stddef.h>

struct error {
	char *text;
	char *line; /* that was typed, and is wrong AT there; or NULL */
	size_t at;
};

struct error *error_new(const char *format, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull));

/* The same, of a mistake in LINE, AT so many bytes. Returns E. */
struct error *error_in(struct error *e, const char *line, size_t at)
	__attribute__((returns_nonnull));

/* NULL is allowed. */
void error_free(struct error *e);

static inline void error_scope(struct error **e)
{
	error_free(*e);
}

#endif
