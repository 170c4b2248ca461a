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

struct error {
	char *text;
};

struct error *error_new(const char *format, ...)
	__attribute__((format(printf, 1, 2), returns_nonnull));

/* NULL is allowed. */
void error_free(struct error *e);

static inline void error_scope(struct error **e)
{
	error_free(*e);
}

#endif
