/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "util/reader.h"

static void fail(struct reader *r)
{
	r->failed = true;
	r->at = r->end;
}

struct reader reader_part(struct reader *r, uint64_t n)
{
	struct reader part = { r->at, r->at, r->failed };

	if (n > reader_left(r)) {
		fail(r);
		return (struct reader){ r->end, r->end, true };
	}
	r->at += n;
	part.end = r->at;
	return part;
}

uint64_t reader_number(struct reader *r, unsigned size)
{
	struct reader part = reader_part(r, size);
	uint64_t value = 0;

	while (part.end > part.at)
		value = value << 8 | *--part.end;
	return value;
}

int64_t reader_signed(struct reader *r, unsigned size)
{
	unsigned unused = 64 - 8 * size;

	return (int64_t)(reader_number(r, size) << unused) >> unused;
}

enum { LebBytesMost = 16 };

/* The bits of a number, and how many of 64 they take. */
static uint64_t leb(struct reader *r, unsigned *bits, bool *negative)
{
	uint64_t value = 0;
	unsigned n = 0;
	uint8_t byte;

	*bits = 0;
	do {
		byte = reader_number(r, 1);
		if (++n > LebBytesMost)
			fail(r);
		if (*bits < 64) {
			value |= (uint64_t)(byte & 0x7f) << *bits;
			*bits += 7;
		}
	} while (byte & 0x80);
	*negative = byte & 0x40;
	return value;
}

uint64_t reader_uleb(struct reader *r)
{
	unsigned bits;
	bool negative;

	return leb(r, &bits, &negative);
}

int64_t reader_sleb(struct reader *r)
{
	unsigned bits;
	bool negative;
	uint64_t value = leb(r, &bits, &negative);

	return negative && bits < 64 ? value | -(UINT64_C(1) << bits) : value;
}

const char *reader_string(struct reader *r, size_t most)
{
	size_t left = reader_left(r);
	const void *zero = memchr(r->at, 0, left < most ? left : most);
	const char *text = (const char *)r->at;

	if (!zero) {
		fail(r);
		return "";
	}
	r->at = (const uint8_t *)zero + 1;
	return text;
}
