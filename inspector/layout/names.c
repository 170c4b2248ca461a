/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout/names.h"
#include "util/scope.h"

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

struct error *names_mistake(const struct names *n, const struct name *name,
			    size_t at, const char *format, ...)
{
	SCOPE(memory) char *what = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&what, format, ap) < 0)
		out_of_memory();
	va_end(ap);
	return error_in(
		error_new("%s:%u:%zu: %s", n->file, name->number, at + 1, what),
		name->line, at);
}

/* A noun has one name: a second would never be looked at. */
static struct error *add_name(struct names *n, const struct name *new)
{
	const struct name *old = names_find(n, new->noun);

	if (old)
		return names_mistake(n, new, new->noun_at,
				     "'%s' is said in line %u already",
				     new->noun, old->number);
	*ARRAY_PUSH(n) = *new;
	return NULL;
}

/* TEXT is cut up, LINE the same whole. */
static struct error *parse_line(struct names *n, char *text, const char *line,
				unsigned number)
{
	struct name new = { .line = line, .number = number };
	char *start = text, *noun, *name, *equals;

	text[strcspn(text, "#")] = '\0';
	noun = trim(text);
	if (!*noun)
		return NULL;
	new.noun_at = noun - start;
	equals = strchr(noun, '=');
	if (!equals || equals == noun)
		return names_mistake(n, &new, new.noun_at,
				     "'%s' is not of the form `noun = name`",
				     noun);
	*equals = '\0';
	new.noun = trim(noun);
	name = trim(equals + 1);
	new.name = name;
	new.name_at = name - start;
	if (!*name)
		return names_mistake(n, &new, equals - start,
				     "nothing stands behind '%s ='", new.noun);
	return add_name(n, &new);
}

/* The copies are freed with N. */
static struct error *parse_lines(struct names *n, const struct description *d)
{
	char *rest = n->text, *whole = n->lines, *line, *text;
	struct error *e = NULL;

	if (memchr(d->text, '\0', d->size))
		return error_new("'%s' is no description of a runtime: it "
				 "holds a zero byte",
				 d->file);
	for (unsigned i = 1; !e && (text = strsep(&rest, "\n")); i++) {
		line = strsep(&whole, "\n");
		e = parse_line(n, text, line, i);
	}
	return e;
}

struct error *names_parse(const struct description *d, struct names *ret)
{
	SCOPE(names) struct names n = { .file = d->file, .own = d->own };
	struct error *e;

	if (d->size > DescriptionMost)
		return error_new("'%s' is no description of a runtime: it is "
				 "longer than %d bytes",
				 d->file, DescriptionMost);
	n.text = array_new(d->size + 1, 1);
	n.lines = array_new(d->size + 1, 1);
	memcpy(n.text, d->text, d->size);
	memcpy(n.lines, d->text, d->size);
	e = parse_lines(&n, d);
	if (e)
		return e;
	*ret = n;
	n = (struct names){ 0 };
	return NULL;
}

void names_free(struct names *n)
{
	free(n->text);
	free(n->lines);
	free(n->items);
	*n = (struct names){ 0 };
}

const struct name *names_find(const struct names *n, const char *noun)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->items[i].noun, noun) == 0)
			return &n->items[i];
	return NULL;
}

const char *names_of(const struct names *n, const char *noun)
{
	const struct name *name = names_find(n, noun);

	return name ? name->name : NULL;
}

bool word_in(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (list += strspn(list, " "); *list; list += strspn(list, " ")) {
		size_t n = strcspn(list, " ");

		if (n == length && strncmp(list, word, n) == 0)
			return true;
		list += n;
	}
	return false;
}

bool names_say(const struct names *n, const char *noun, const char *word)
{
	const char *list = names_of(n, noun);

	return list && word_in(list, word);
}
