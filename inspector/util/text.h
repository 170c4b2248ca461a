/* SPDX-License-Identifier: BSD-2-Clause */
/* text.h - what is made of other texts. */
#ifndef UTIL_TEXT_H
#define UTIL_TEXT_H

#include <stddef.h>

/* The N WORDS with BETWEEN between them. The caller frees it. */
char *text_join(const char *const *words, size_t n, const char *between)
	__attribute__((returns_nonnull));

/* The last name in PATH. */
const char *text_base_name(const char *path);

#endif
