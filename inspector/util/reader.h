/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reader.h - bytes that are read from front to back, and never beyond their
 * end. What does not fit into what is left yields 0, sets `failed` and leaves
 * nothing to be read, so that it is enough to ask once, at the end.
 */
#ifndef UTIL_READER_H
#define UTIL_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
	const uint8_t *at;
	const uint8_t *end;
	bool failed;
};

static inline size_t reader_left(const struct reader *r)
{
	return r->end - r->at;
}

/* The next N bytes, as a reader of their own. */
struct reader reader_part(struct reader *r, uint64_t n);

/* A number of SIZE bytes, 1 to 8, the least significant first. */
uint64_t reader_number(struct reader *r, unsigned size);
int64_t reader_signed(struct reader *r, unsigned size);

/* Numbers of 7 bits a byte (DWARF 5, 7.6); bits beyond 64 are lost, and one of
 * more than 16 bytes is none. */
uint64_t reader_uleb(struct reader *r);
int64_t reader_sleb(struct reader *r);

/* The bytes up to the next 0, which follows them: less than MOST. */
const char *reader_string(struct reader *r, size_t most);

#endif
