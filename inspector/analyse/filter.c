/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "analyse/filter.h"

/* In order, so that one can take the lower, the higher, or the opposite. */
enum truth { NO, MAYBE, YES };

static const enum filter_step steps[FIELD_NUMBER] = {
	[FIELD_STATE] = FILTER_READ,	     [FIELD_REASON] = FILTER_READ,
	[FIELD_NAME] = FILTER_READ,	     [FIELD_CREATOR] = FILTER_NAMED,
	[FIELD_ENTRY] = FILTER_NAMED,	     [FIELD_FUNCTION] = FILTER_FOLDED,
	[FIELD_FILE] = FILTER_FOLDED,	     [FIELD_ID] = FILTER_READ,
	[FIELD_OBJECT] = FILTER_READ,	     [FIELD_THREAD] = FILTER_COLLECTED,
	[FIELD_SEGMENTS] = FILTER_COLLECTED, [FIELD_WAITED] = FILTER_COLLECTED,
	[FIELD_STACK] = FILTER_COLLECTED,
};

static bool is_test(const struct filter_node *node)
{
	return node->kind >= FILTER_EQUAL;
}

enum filter_step filter_last_step(const struct filter *f)
{
	enum filter_step last = FILTER_READ;

	for (size_t i = 0; i < f->n; i++)
		if (is_test(&f->items[i]) && steps[f->items[i].field] > last)
			last = steps[f->items[i].field];
	return last;
}

/* The character behind the one at P. */
static const char *next_character(const char *p)
{
	p++;
	while ((*p & 0xc0) == 0x80)
		p++;
	return p;
}

/* What does not fit is tried again with the last * being one character more. */
bool filter_like(const char *text, const char *glob)
{
	const char *star = NULL, *starred = NULL;

	while (*text) {
		const char *literal = glob + (glob[0] == '\\' && glob[1]);

		if (*glob == '*') {
			star = ++glob;
			starred = text;
		} else if (*glob == '?') {
			glob++;
			text = next_character(text);
		} else if (*glob && *literal == *text) {
			glob = literal + 1;
			text++;
		} else if (star) {
			glob = star;
			text = starred = next_character(starred);
		} else {
			return false;
		}
	}
	return glob[strspn(glob, "*")] == '\0';
}

/* Whether TEXT, of the snapshot's, is what the node wants: == or ~. */
static bool fits(struct filter_node *node, const char *text)
{
	const uint32_t *known = map_get(&node->texts, (uintptr_t)text);
	bool yes;

	if (known)
		return *known;
	yes = node->kind == FILTER_LIKE ? filter_like(text, node->text)
					: strcmp(text, node->text) == 0;
	map_put(&node->texts, (uintptr_t)text, yes);
	return yes;
}

static const char *text_of(const struct snapshot *s, const struct line *line,
			   enum filter_field field)
{
	const struct location *l = &s->locations.items[line->location];

	return field == FIELD_FILE ? l->file : l->function;
}

/* Whether the text of any line is. Goroutines share stacks: each is looked at
 * once. */
static bool any_fits(const struct snapshot *s, const struct goroutine *g,
		     struct filter_node *node)
{
	const uint32_t *known = map_get(&node->stacks, g->lines.first);
	bool yes = false;

	if (g->lines.n == 0)
		return false;
	if (known)
		return *known;
	for (uint32_t i = 0; i < g->lines.n && !yes; i++) {
		const char *text = text_of(
			s, &s->lines.items[g->lines.first + i], node->field);

		yes = text && fits(node, text);
	}
	map_put(&node->stacks, g->lines.first, yes);
	return yes;
}

static const char *function_of(const struct snapshot *s, uint32_t location)
{
	return location == NONE ? "" : s->locations.items[location].function;
}

static const char *entry_of(struct symbols *symbols, const struct goroutine *g)
{
	uint32_t place =
		symbols_place(symbols, origin_of(symbols->snapshot, g)->entry);

	return function_of(symbols->snapshot,
			   symbols->snapshot->places.items[place].first);
}

static const char *creator_of(struct symbols *symbols,
			      const struct goroutine *g)
{
	addr_t creator = origin_of(symbols->snapshot, g)->creator;

	return function_of(symbols->snapshot, symbols_caller(symbols, creator));
}

static bool test_text(struct filter_node *node, struct symbols *symbols,
		      const struct goroutine *g)
{
	switch (node->field) {
	case FIELD_STATE:
		return fits(node, g->state);
	case FIELD_REASON:
		return fits(node, g->reason);
	case FIELD_NAME:
		return fits(node, g->name);
	case FIELD_CREATOR:
		return fits(node, creator_of(symbols, g));
	case FIELD_ENTRY:
		return fits(node, entry_of(symbols, g));
	default:
		return any_fits(symbols->snapshot, g, node);
	}
}

/* A field's number. Less than 0 is an id of damage, or a wait that is not
 * known. */
static bool number_of(const struct goroutine *g, enum filter_field field,
		      uint64_t *ret)
{
	switch (field) {
	case FIELD_ID:
		*ret = g->id;
		return g->id >= 0;
	case FIELD_OBJECT:
		*ret = g->object.v;
		return true;
	case FIELD_THREAD:
		*ret = g->running ? g->thread : 0;
		return true;
	case FIELD_SEGMENTS:
		*ret = g->segments.n;
		return true;
	case FIELD_WAITED:
		*ret = g->waited;
		return g->waited >= 0;
	default:
		*ret = g->bytes;
		return true;
	}
}

static bool test_number(const struct filter_node *node,
			const struct goroutine *g)
{
	uint64_t n;

	if (!number_of(g, node->field, &n))
		return false;
	switch (node->kind) {
	case FILTER_LESS:
		return n < node->number;
	case FILTER_LESS_EQUAL:
		return n <= node->number;
	case FILTER_GREATER:
		return n > node->number;
	case FILTER_GREATER_EQUAL:
		return n >= node->number;
	default:
		return n == node->number;
	}
}

static enum truth test(struct filter_node *node, struct symbols *symbols,
		       const struct goroutine *g, enum filter_step step)
{
	bool yes;

	if (steps[node->field] > step)
		return MAYBE;
	yes = node->text ? test_text(node, symbols, g) : test_number(node, g);
	return yes != (node->kind == FILTER_UNEQUAL) ? YES : NO;
}

static enum truth evaluate(struct filter *f, uint32_t at,
			   struct symbols *symbols, const struct goroutine *g,
			   enum filter_step step)
{
	struct filter_node *node = &f->items[at];
	enum truth left, right;

	if (is_test(node))
		return test(node, symbols, g, step);
	left = evaluate(f, node->left, symbols, g, step);
	if (node->kind == FILTER_NOT)
		return YES - left;
	if (left == (node->kind == FILTER_AND ? NO : YES))
		return left;
	right = evaluate(f, node->right, symbols, g, step);
	if (node->kind == FILTER_AND)
		return left < right ? left : right;
	return left > right ? left : right;
}

bool filter_keeps(struct filter *f, struct symbols *symbols,
		  const struct goroutine *g, enum filter_step step)
{
	return evaluate(f, f->n - 1, symbols, g, step) != NO;
}

void filter_drop(struct filter *f, struct symbols *symbols,
		 enum filter_step step)
{
	struct snapshot *s = symbols->snapshot;
	size_t n = 0;

	for (size_t i = 0; i < s->goroutines.n; i++)
		if (filter_keeps(f, symbols, &s->goroutines.items[i], step))
			s->goroutines.items[n++] = s->goroutines.items[i];
	s->goroutines.n = n;
}
