/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "layout/names.h"

static const char Blank[] = " \t\r";

/* TEXT without blanks around it. */
static char *trim(char *text)
{
	char *end;

	text += strspn(text, Blank);
	end = text + strlen(text);
	while (end > text && strchr(Blank, end[-1]))
		*--end = '\0';
	return text;
}

static struct error *parse_line(struct names *n, char *line)
{
	char *equals;
	struct name new;

	line[strcspn(line, "#")] = '\0';
	line = trim(line);
	if (!*line)
		return NULL;
	equals = strchr(line, '=');
	if (!equals)
		return error_new("runtime description: '%s' is not of the "
				 "form `noun = name`",
				 line);
	*equals = '\0';
	new.noun = trim(line);
	new.name = trim(equals + 1);
	*ARRAY_PUSH(n) = new;
	return NULL;
}

struct error *names_parse(const char *text, size_t size, struct names *ret)
{
	struct names n = { .text = array_new(size + 1, 1) };
	struct error *e = NULL;
	char *line, *rest;

	memcpy(n.text, text, size);
	rest = n.text;
	while (!e && (line = strsep(&rest, "\n")))
		e = parse_line(&n, line);
	if (e)
		names_free(&n);
	else
		*ret = n;
	return e;
}

void names_free(struct names *n)
{
	free(n->text);
	free(n->items);
	*n = (struct names){ 0 };
}

const char *names_of(const struct names *n, const char *noun)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->items[i].noun, noun) == 0)
			return n->items[i].name;
	return NULL;
}
