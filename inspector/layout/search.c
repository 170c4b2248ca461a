/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "layout/search.h"
#include "util/scope.h"

/* No runtime keeps more in a struct; it bounds what is read at once. */
enum { StructMost = 1 << 20 };

void search_scope(struct search *s)
{
	for (size_t i = 0; i < s->variables.n; i++)
		free((char *)s->variables.items[i].name);
	free(s->variables.items);
	free(s->missing.items);
	error_free(s->mistake);
}

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
	if (s->missing.n == 0 && s->noun)
		s->missed = names_find(s->names, s->noun);
	append(s, s->missing.n ? ", " : "");
	append(s, what);
	append(s, *what ? " " : "");
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
	if (dwarf_aggregate_size(&found->die, &size) == 0 && size <= StructMost)
		*(uint64_t *)at = found->size = size;
	else
		search_miss(s, "the size of", found->name);
}

/* Look for N roots, and for the variables of expressions, together. */
static bool find_together(struct search *s, struct sought *found, size_t n)
{
	size_t variables = s->variables.n;
	SCOPE(memory)
	struct sought *all = array_new(n + variables, sizeof(*all));

	memcpy(all, found, n * sizeof(*all));
	if (variables)
		memcpy(all + n, s->variables.items, variables * sizeof(*all));
	if (!types_find(s->program, s->low, s->end, all, n + variables))
		return false;
	memcpy(found, all, n * sizeof(*all));
	if (variables)
		memcpy(s->variables.items, all + n, variables * sizeof(*all));
	return true;
}

static const char *root_name(const struct search *s, const struct root *root)
{
	return root->optional ? names_of(s->names, root->noun)
			      : search_name(s, root->noun);
}

/* A root that was not found: its size may be said. */
static void keep_size(struct search *s, const struct root *root,
		      struct sought *found, void *layout)
{
	const char *said =
		root->length ? names_of(s->names, root->length) : NULL;
	char *end = NULL;
	uint64_t size = said ? strtoull(said, &end, 0) : 0;

	if (size == 0 || size > StructMost || *end) {
		search_miss(s, kind_word(root->kind), found->name);
		return;
	}
	found->sized = true;
	found->size = size;
	*(uint64_t *)((char *)layout + root->at) = size;
}

bool search_roots(struct search *s, const struct root *roots, size_t n,
		  struct sought *found, void *layout)
{
	for (size_t i = 0; i < n; i++)
		found[i] = (struct sought){ .name = root_name(s, &roots[i]),
					    .kind = roots[i].kind };
	if (!find_together(s, found, n))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!found[i].name)
			continue;
		s->noun = roots[i].noun;
		if (!found[i].found)
			keep_size(s, &roots[i], &found[i], layout);
		else if (roots[i].at != NOWHERE)
			keep_root(s, roots[i].kind, &found[i],
				  (char *)layout + roots[i].at);
	}
	s->noun = NULL;
	return true;
}

static void find_part(struct search *s, const struct part *part,
		      const struct sought *root, struct field *ret)
{
	const char *name = search_name(s, part->noun);
	Dwarf_Die type = root->die;
	Dwarf_Word whole = 0;
	struct field f = { 0 };

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

/*
 * Expressions
 */

/* Whether NAME is more than a path a.b.c. */
static bool is_expression(const char *name)
{
	static const char path[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.";

	return name[strspn(name, path)] != '\0';
}

/* What the description says of PART, if that is an expression. */
static const struct name *expression_of(const struct search *s,
					const struct part *part)
{
	const struct name *name = names_find(s->names, part->noun);

	return name && (part->global || is_expression(name->name)) ? name
								   : NULL;
}

static void add_variable(void *arg, const char *name, size_t n)
{
	struct search *s = arg;
	char *copy = strndup(name, n);

	if (!copy)
		out_of_memory();
	*ARRAY_PUSH(&s->variables) =
		(struct sought){ .name = copy, .kind = SOUGHT_VARIABLE };
}

static struct error *read_expression(struct search *s, const struct part *part,
				     const struct name *name)
{
	const struct scene scene = { .names = s->names, .blind = true };
	SCOPE(memory) char *absent = NULL;
	struct formula f;

	if (!part->computed)
		return names_mistake(s->names, name, name->name_at,
				     "%s is a member, a.b.c, and nothing else",
				     part->noun);
	formula_variables(name->name, add_variable, s);
	return formula_compile(&scene, name, &f, &absent);
}

struct error *search_read(struct search *s, const struct part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct name *name = expression_of(s, &parts[i]);
		struct error *e =
			name ? read_expression(s, &parts[i], name) : NULL;

		if (e)
			return e;
	}
	return NULL;
}

static void compile_part(struct search *s, const struct part *part,
			 const struct name *name, const struct sought *root,
			 struct field *ret)
{
	Dwarf_Die object = root->die;
	struct scene scene = {
		.program = s->program,
		.names = s->names,
		.type = part->global ? NULL : root->name,
		.object = part->global || root->sized ? NULL : &object,
		.variables = s->variables.items,
		.nvariables = s->variables.n,
	};
	SCOPE(memory) struct formula *f = array_new(1, sizeof(*f));
	SCOPE(memory) char *absent = NULL;

	if (!part->global)
		scene.size = root->size;
	s->mistake = formula_compile(&scene, name, f, &absent);
	if (absent)
		search_miss(s, "", absent);
	if (absent || s->mistake)
		return;
	ret->formula = f;
	*ARRAY_PUSH(s->formulas) = RELEASE(f);
}

void search_parts(struct search *s, const struct part *parts, size_t n,
		  const struct sought *found, void *layout)
{
	for (size_t i = 0; i < n && !s->mistake; i++) {
		const struct part *part = &parts[i];
		const struct sought *root = &found[part->root];
		const struct name *name = expression_of(s, part);
		struct field *at = (struct field *)((char *)layout + part->at);

		if ((!root->found && !root->sized)
		    || (part->optional && !names_of(s->names, part->noun)))
			continue;
		s->noun = part->noun;
		if (name)
			compile_part(s, part, name, root, at);
		else if (root->found)
			find_part(s, part, root, at);
		else
			search_miss(s, kind_word(root->kind), root->name);
	}
	s->noun = NULL;
}

struct error *search_missing(struct search *s)
{
	if (s->mistake)
		return RELEASE(s->mistake);
	if (s->missing.n == 0)
		return NULL;
	if (s->names->own && s->missed)
		return names_mistake(
			s->names, s->missed, s->missed->name_at,
			"'%s' has nothing that is called so, or its debug "
			"information is damaged; missing: %.*s",
			s->program->path, (int)s->missing.n, s->missing.items);
	return error_new("'%s' is not a program with the %s runtime, was built "
			 "without -g, or its debug information is damaged; "
			 "missing: %.*s",
			 s->program->path, search_name(s, "runtime"),
			 (int)s->missing.n, s->missing.items);
}
