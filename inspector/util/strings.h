/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * strings.h - each text once. What the functions return belongs to the
 * strings and is valid until strings_free().
 */
#ifndef UTIL_STRINGS_H
#define UTIL_STRINGS_H

#include "util/array.h"
#include "util/map.h"

struct strings {
	struct map index; /* hash of the text to the first of its chain */
	struct {
		ARRAY(struct string {
			char *text;
			uint32_t next; /* index + 1; 0 ends the chain */
		});
	} all;
};

/* Zeroed is empty. */
void strings_free(struct strings *s);

const char *strings_add(struct strings *s, const char *text);
const char *strings_format(struct strings *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* TEXT of N bytes or up to its first NUL, as clean.h says. */
const char *strings_add_foreign(struct strings *s, const char *text, size_t n);

#endif
