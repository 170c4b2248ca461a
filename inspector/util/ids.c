/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/ids.h"

void ids_free(struct ids *ids)
{
	free(ids->items);
	*ids = (struct ids){ 0 };
}

bool ids_looks_like(const char *text)
{
	return *text && text[strspn(text, "0123456789,-")] == '\0';
}

/* A number of 1 or more at *P; moves *P behind it. */
static bool parse_id(const char **p, int64_t *ret)
{
	char *end;
	long long id;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	id = strtoll(*p, &end, 10);
	if (errno || id < 1)
		return false;
	*p = end;
	*ret = id;
	return true;
}

static bool parse_range(const char **p, struct id_range *ret)
{
	struct id_range r;

	if (!parse_id(p, &r.first))
		return false;
	r.last = r.first;
	if (**p == '-') {
		(*p)++;
		if (!parse_id(p, &r.last) || r.last < r.first)
			return false;
	}
	*ret = r;
	return true;
}

struct error *ids_parse(struct ids *ids, const char *text)
{
	const char *p = text;
	struct id_range r;
	bool well;

	do {
		well = parse_range(&p, &r);
		if (well)
			*ARRAY_PUSH(ids) = r;
	} while (well && *p++ == ',');
	if (well && p[-1] == '\0')
		return NULL;
	return error_new("'%s' is not a list of goroutine ids "
			 "(such as 3, 3-7 or 1,4-6)",
			 text);
}

bool ids_has(const struct ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->items[i].first <= id && id <= ids->items[i].last)
			return true;
	return ids->n == 0;
}
