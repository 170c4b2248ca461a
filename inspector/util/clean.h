/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clean.h - text from the target, or about it, as it can be shown on a
 * terminal, which obeys control characters. Of UTF-8 what is printed stays:
 * ASCII from blank to ~, and U+00A0 and up. Each other byte, those of malformed
 * UTF-8 too, becomes \xNN.
 */
#ifndef UTIL_CLEAN_H
#define UTIL_CLEAN_H

#include <stddef.h>

/* TEXT of N bytes or up to its first NUL. The caller frees it. */
char *clean_text(const char *text, size_t n) __attribute__((returns_nonnull));

#endif
