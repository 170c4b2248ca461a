/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/clean.h"

/* How many bytes the lead byte C announces, and the bits of the character that
 * are in it; 0: it is none. */
static size_t announced(unsigned char c, uint32_t *bits)
{
	static const struct {
		unsigned char low, mask;
	} leads[] = { { 0xf0, 0x07 }, { 0xe0, 0x0f }, { 0xc0, 0x1f } };

	for (size_t i = 0; i < sizeof(leads) / sizeof(*leads); i++) {
		if (c < leads[i].low)
			continue;
		*bits = c & leads[i].mask;
		return c < 0xf8 ? 4 - i : 0;
	}
	return 0;
}

/* Whether C is a character that is printed, and LENGTH bytes the shortest way
 * to write it. */
static bool well_written(uint32_t c, size_t length)
{
	static const uint32_t first[] = {
		[2] = 0xa0, [3] = 0x800, [4] = 0x10000
	};

	return c >= first[length] && c <= 0x10ffff
	       && (c < 0xd800 || c > 0xdfff);
}

/* The bytes of the printed character that TEXT begins with; 0: it begins with
 * none. */
static size_t printed(const char *text, size_t n)
{
	unsigned char lead = text[0];
	uint32_t c = 0;
	size_t length;

	if (lead < 0x80)
		return lead >= ' ' && lead != 0x7f;
	length = announced(lead, &c);
	if (length == 0 || length > n)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (text[i] & 0x3f);
	}
	return well_written(c, length) ? length : 0;
}

char *clean_text(const char *text, size_t n)
{
	char *clean, *to;

	n = strnlen(text, n);
	to = clean = array_new(n * 4 + 1, 1);
	while (n) {
		size_t length = printed(text, n);

		if (length)
			to = mempcpy(to, text, length);
		else
			to += sprintf(to, "\\x%02x", (unsigned char)*text);
		length += !length;
		text += length;
		n -= length;
	}
	return clean;
}
