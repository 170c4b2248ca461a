/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "layout/search.h"

const char *search_name(const struct search *s, const char *noun)
{
	const char *name = names_of(s->names, noun);

	return name ? name : noun;
}

static void append(struct search *s, const char *text)
{
	for (; *text; text++)
		*ARRAY_PUSH(&s->missing) = *text;
}

void search_miss(struct search *s, const char *what, const char *name)
{
	append(s, s->missing.n ? ", " : "");
	append(s, what);
	append(s, " ");
	append(s, name);
}

static const char *kind_word(enum sought_kind kind)
{
	static const char *const words[] = { "struct", "enum", "variable",
					     "enumerator" };

	return words[kind];
}

/* Keep what there is to keep of a root that was found. */
static void keep_root(struct search *s, enum sought_kind kind,
		      struct sought *found, void *at)
{
	Dwarf_Word size;

	if (kind == SOUGHT_VARIABLE
	    && !types_address(s->program, &found->die, at))
		search_miss(s, "the address of", found->name);
	if (kind == SOUGHT_ENUMERATOR && !types_value(&found->die, at))
		search_miss(s, "the value of", found->name);
	if (kind != SOUGHT_STRUCT)
		return;
	if (dwarf_aggregate_size(&found->die, &size) == 0)
		*(uint64_t *)at = size;
	else
		search_miss(s, "the size of", found->name);
}

bool search_roots(struct search *s, const struct root *roots, size_t n,
		  struct sought *found, void *layout)
{
	for (size_t i = 0; i < n; i++)
		found[i] =
			(struct sought){ .name = search_name(s, roots[i].noun),
					 .kind = roots[i].kind };
	if (!types_find(s->program, s->low, s->end, found, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!found[i].found)
			search_miss(s, kind_word(roots[i].kind), found[i].name);
		else if (roots[i].at != NOWHERE)
			keep_root(s, roots[i].kind, &found[i],
				  (char *)layout + roots[i].at);
	return true;
}

static void find_part(struct search *s, const struct part *part,
		      const struct sought *root, struct field *ret)
{
	const char *name = search_name(s, part->noun);
	Dwarf_Die type = root->die;
	Dwarf_Word whole = 0;
	struct field f;

	if (root->kind == SOUGHT_VARIABLE && !types_of(&type, &type))
		return search_miss(s, "the type of", root->name);
	dwarf_aggregate_size(&type, &whole);
	if (types_member(&type, name, &f) && f.size && f.size <= part->most
	    && f.offset <= whole && f.size <= whole - f.offset) {
		*ret = f;
		return;
	}
	search_miss(s, "member", root->name);
	append(s, ".");
	append(s, name);
}

void search_parts(struct search *s, const struct part *parts, size_t n,
		  const struct sought *found, void *layout)
{
	for (size_t i = 0; i < n; i++)
		if (found[parts[i].root].found)
			find_part(
				s, &parts[i], &found[parts[i].root],
				(struct field *)((char *)layout + parts[i].at));
}

struct error *search_missing(const struct search *s)
{
	if (s->missing.n == 0)
		return NULL;
	return error_new("'%s' is not a program with the %s runtime, was built "
			 "without -g, or its debug information is damaged; "
			 "missing: %.*s",
			 s->program->path, search_name(s, "runtime"),
			 (int)s->missing.n, s->missing.items);
}
