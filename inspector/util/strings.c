/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/clean.h"
#include "util/scope.h"
#include "util/strings.h"

void strings_free(struct strings *s)
{
	for (size_t i = 0; i < s->all.n; i++)
		free(s->all.items[i].text);
	free(s->all.items);
	map_free(&s->index);
	*s = (struct strings){ 0 };
}

/* FNV-1a, 64 bits. */
static uint64_t hash_text(const char *text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h;
}

static const char *append(struct strings *s, const char *text, uint32_t next)
{
	struct string *new = ARRAY_PUSH(&s->all);

	new->text = strdup(text);
	if (!new->text)
		out_of_memory();
	new->next = next;
	return new->text;
}

const char *strings_add(struct strings *s, const char *text)
{
	uint64_t h = hash_text(text);
	uint32_t *first = map_get(&s->index, h);

	if (!first) {
		map_put(&s->index, h, s->all.n + 1);
		return append(s, text, 0);
	}
	for (uint32_t i = *first; i; i = s->all.items[i - 1].next)
		if (strcmp(s->all.items[i - 1].text, text) == 0)
			return s->all.items[i - 1].text;
	text = append(s, text, *first);
	*first = s->all.n;
	return text;
}

const char *strings_format(struct strings *s, const char *format, ...)
{
	SCOPE(memory) char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		out_of_memory();
	va_end(ap);
	return strings_add(s, text);
}

const char *strings_add_foreign(struct strings *s, const char *text, size_t n)
{
	SCOPE(memory) char *clean = NULL;

	if (n == 0 || !*text)
		return "";
	clean = clean_text(text, n);
	return strings_add(s, clean);
}
