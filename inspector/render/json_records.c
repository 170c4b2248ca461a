/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "render/json_records.h"
#include "render/render.h"

/* More than programs have of names and of stacks; it bounds what is kept where
 * each goroutine has its own. */
enum { KeptMost = 1 << 15 };

struct json_records json_records_begin(FILE *out, const char *key)
{
	return (struct json_records){ .array = json_array_begin(out, key) };
}

void json_records_end(struct json_records *r)
{
	json_array_end(&r->array);
	for (size_t i = 0; i < r->kept.n; i++)
		free(r->kept.items[i].text);
	free(r->kept.items);
	free(r->record.items);
	map_free(&r->index);
}

static void put(struct json_records *r, const char *text, size_t n)
{
	if (r->record.room - r->record.n < n)
		r->record.items = array_reserve(
			r->record.items, &r->record.room, r->record.n + n, 1);
	memcpy(r->record.items + r->record.n, text, n);
	r->record.n += n;
}

static void put_text(struct json_records *r, const char *text)
{
	put(r, text, strlen(text));
}

/* A member begins. */
static void put_key(struct json_records *r, const char *key)
{
	put_text(r, r->record.n > 1 ? ",\"" : "\"");
	put_text(r, key);
	put_text(r, "\":");
}

void json_record_begin(struct json_records *r)
{
	r->record.n = 0;
	put_text(r, "{");
}

void json_record_end(struct json_records *r)
{
	put_text(r, "}");
	json_array_separate(&r->array);
	fwrite_unlocked(r->record.items, 1, r->record.n, r->array.out);
}

/* What is kept of WHAT; or NULL. */
static const struct json_kept *kept(const struct json_records *r,
				    const void *what)
{
	const uint32_t *known = map_get(&r->index, (uintptr_t)what);

	return known ? &r->kept.items[*known] : NULL;
}

static void keep(struct json_records *r, const void *what, const char *text,
		 size_t n)
{
	char *copy = array_new(n, 1);

	memcpy(copy, text, n);
	map_put(&r->index, (uintptr_t)what, r->kept.n);
	*ARRAY_PUSH(&r->kept) = (struct json_kept){ copy, n };
}

/* VALUE, which is given away, is WHAT; NULL: nothing that comes again. */
static void put_value(struct json_records *r, const void *what,
		      json_object *value)
{
	const char *text = json_value_text(value);
	size_t n = strlen(text);

	put(r, text, n);
	if (what && r->kept.n < KeptMost)
		keep(r, what, text, n);
	json_object_put(value);
}

/* Whether WHAT was kept, and is put. */
static bool put_kept(struct json_records *r, const void *what)
{
	const struct json_kept *known = kept(r, what);

	if (known)
		put(r, known->text, known->n);
	return known;
}

void json_write_text(struct json_records *r, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	put_key(r, key);
	if (!put_kept(r, text))
		put_value(r, text, json_new_text(text));
}

void json_write_address(struct json_records *r, const char *key, addr_t at)
{
	char digits[DigitsSize];

	if (addr_null(at))
		return;
	put_key(r, key);
	put_text(r, "\"");
	put_text(r, render_address(at, digits));
	put_text(r, "\"");
}

void json_write_natural(struct json_records *r, const char *key, int64_t n)
{
	if (n >= 0)
		json_write_integer(r, key, n);
}

void json_write_integer(struct json_records *r, const char *key, int64_t n)
{
	char digits[DigitsSize];

	put_key(r, key);
	put_text(r, render_signed(n, digits));
}

void json_write_unsigned(struct json_records *r, const char *key, uint64_t n)
{
	char digits[DigitsSize];

	put_key(r, key);
	put_text(r, render_unsigned(n, digits));
}

void json_write_location(struct json_records *r, const char *key,
			 const struct snapshot *s, uint32_t location)
{
	const struct location *l;

	if (location == NONE)
		return;
	l = &s->locations.items[location];
	put_key(r, key);
	if (!put_kept(r, l))
		put_value(r, l, json_new_location(l));
}

void json_write_lines(struct json_records *r, const char *key,
		      const struct snapshot *s, const struct span *lines)
{
	/* No lines begin where those of another stack do. */
	const struct line *first =
		lines->n ? &s->lines.items[lines->first] : NULL;

	put_key(r, key);
	if (!first || !put_kept(r, first))
		put_value(r, first, json_lines(s, lines));
}

void json_write_value(struct json_records *r, const char *key,
		      json_object *value)
{
	put_key(r, key);
	put_value(r, NULL, value);
}
