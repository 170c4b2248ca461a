/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which group each goroutine belongs to; then a counting sort makes the groups'
 * members, and the groups are put in order.
 */
#include <stdlib.h>

#include "analyse/analyse.h"
#include "util/scope.h"

struct grouping {
	struct snapshot *s;
	struct map index;  /* what is common to the group's number */
	struct map stacks; /* hash of lines to the first of a chain */
	struct {
		ARRAY(uint32_t); /* by group: the next of its chain + 1, or 0 */
	} chain;
	uint32_t *of; /* by goroutine: its group */
};

static uint32_t add_group(struct grouping *g, struct group group)
{
	*ARRAY_PUSH(&g->s->groups) = group;
	return g->s->groups.n - 1;
}

/* Members in their order, by group. */
static void collect_members(struct grouping *g)
{
	struct snapshot *s = g->s;
	size_t n = s->goroutines.n, next = 0;

	for (size_t i = 0; i < n; i++)
		s->groups.items[g->of[i]].members.n++;
	for (size_t i = 0; i < s->groups.n; i++) {
		struct span *members = &s->groups.items[i].members;

		members->first = next;
		next += members->n;
		members->n = 0;
	}
	s->members.items = array_reserve(NULL, &s->members.room, n + 1,
					 sizeof(*s->members.items));
	s->members.n = n;
	for (size_t i = 0; i < n; i++) {
		struct span *members = &s->groups.items[g->of[i]].members;

		s->members.items[members->first + members->n++] = i;
	}
}

/* Large ones first, then those that begin first. */
static int compare_groups(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->members.n != y->members.n)
		return x->members.n > y->members.n ? -1 : 1;
	return x->members.first < y->members.first ? -1 : 1;
}

/* Put each goroutine where GROUP_OF says. */
static void group_all(struct snapshot *s,
		      uint32_t (*group_of)(struct grouping *,
					   const struct goroutine *))
{
	SCOPE(memory)
	uint32_t *of = array_new(s->goroutines.n, sizeof(*of));
	struct grouping g = { .s = s, .of = of };

	for (size_t i = 0; i < s->goroutines.n; i++)
		of[i] = group_of(&g, &s->goroutines.items[i]);
	collect_members(&g);
	for (size_t i = 0; i < s->groups.n; i++)
		s->groups.items[i].states =
			group_states(s, &s->groups.items[i]);
	if (s->groups.n)
		qsort(s->groups.items, s->groups.n, sizeof(*s->groups.items),
		      compare_groups);
	map_free(&g.index);
	map_free(&g.stacks);
	free(g.chain.items);
}

/* Texts are kept once, so that their addresses tell them apart. */
static uint32_t group_of_label(struct grouping *g, const char *label)
{
	const uint32_t *known = map_get(&g->index, (uintptr_t)label);
	uint32_t new = g->s->groups.n;

	if (known)
		return *known;
	map_put(&g->index, (uintptr_t)label, new);
	return add_group(g, (struct group){ .label = label });
}

/* That, of a text that there may not be. */
static uint32_t group_of_text(struct grouping *g, const char *text)
{
	return group_of_label(g, *text ? text : "-");
}

static uint32_t by_state(struct grouping *g, const struct goroutine *goroutine)
{
	return group_of_text(g, goroutine->state);
}

static uint32_t by_reason(struct grouping *g, const struct goroutine *goroutine)
{
	return group_of_text(g, goroutine->reason);
}

static uint32_t by_name(struct grouping *g, const struct goroutine *goroutine)
{
	return group_of_text(g, goroutine->name);
}

static uint32_t by_thread(struct grouping *g, const struct goroutine *goroutine)
{
	if (!goroutine->running || !goroutine->thread)
		return group_of_text(g, "");
	return group_of_label(g, strings_format(&g->s->strings, "thread %d",
						goroutine->thread));
}

/* The group of a place, which may be NONE. Locations are many, texts few. */
static uint32_t group_of_location(struct grouping *g, uint32_t location)
{
	const uint32_t *known = map_get(&g->stacks, location);
	const struct location *l;
	uint32_t group;

	if (location == NONE)
		return group_of_text(g, "");
	if (known)
		return *known;
	l = &g->s->locations.items[location];
	group = group_of_label(
		g, l->file ? strings_format(&g->s->strings, "%s %s:%d",
					    l->function, l->file, l->line)
			   : l->function);
	map_put(&g->stacks, location, group);
	return group;
}

static uint32_t by_top(struct grouping *g, const struct goroutine *goroutine)
{
	return group_of_location(g, goroutine->where);
}

static uint32_t by_creator(struct grouping *g,
			   const struct goroutine *goroutine)
{
	return group_of_location(g, goroutine->created_by);
}

static uint32_t by_function(struct grouping *g,
			    const struct goroutine *goroutine)
{
	if (goroutine->where == NONE)
		return group_of_text(g, "");
	return group_of_label(g,
			      g->s->locations.items[goroutine->where].function);
}

/* FNV-1a over words. */
static uint64_t mix(uint64_t h, uint64_t word)
{
	return (h ^ word) * UINT64_C(0x100000001b3);
}

static uint64_t hash_lines(const struct snapshot *s, struct span span)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < span.n; i++) {
		const struct line *line = &s->lines.items[span.first + i];
		const struct location *l = &s->locations.items[line->location];

		h = mix(h, (uintptr_t)l->function);
		h = mix(h, (uintptr_t)l->file + l->line);
	}
	return h;
}

/* Whether they read the same, seams apart. */
static bool same_line(const struct snapshot *s, const struct line *a,
		      const struct line *b)
{
	const struct location *x = &s->locations.items[a->location];
	const struct location *y = &s->locations.items[b->location];

	return x->function == y->function && x->file == y->file
	       && x->line == y->line && x->inlined == y->inlined
	       && a->omitted == b->omitted && a->entry == b->entry;
}

static bool same_lines(const struct snapshot *s, struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (!same_line(s, &s->lines.items[a.first + i],
			       &s->lines.items[b.first + i]))
			return false;
	return true;
}

/* The group with these lines; new if there is none. */
static uint32_t group_of_lines(struct grouping *g, struct span lines,
			       const char *stop)
{
	struct snapshot *s = g->s;
	uint64_t h = mix(hash_lines(s, lines), (uintptr_t)stop);
	uint32_t *first = map_get(&g->stacks, h);

	for (uint32_t i = first ? *first : 0; i; i = g->chain.items[i - 1])
		if (s->groups.items[i - 1].stop == stop
		    && same_lines(s, s->groups.items[i - 1].lines, lines))
			return i - 1;
	*ARRAY_PUSH(&g->chain) = first ? *first : 0;
	if (first)
		*first = g->chain.n;
	else
		map_put(&g->stacks, h, g->chain.n);
	return add_group(g, (struct group){ .lines = lines, .stop = stop });
}

/* Goroutines share lines: their text is compared once. */
static uint32_t by_stack(struct grouping *g, const struct goroutine *goroutine)
{
	const struct span lines = goroutine->lines;
	const uint32_t *known;
	uint32_t group;

	if (goroutine->stop || lines.n == 0)
		return group_of_lines(g, lines, goroutine->stop);
	known = map_get(&g->index, lines.first);
	if (known)
		return *known;
	group = group_of_lines(g, lines, NULL);
	map_put(&g->index, lines.first, group);
	return group;
}

void group_by_stack(struct snapshot *s)
{
	group_all(s, by_stack);
}

void group_by_top(struct snapshot *s)
{
	group_all(s, by_top);
}

void group_by_function(struct snapshot *s)
{
	group_all(s, by_function);
}

void group_by_creator(struct snapshot *s)
{
	group_all(s, by_creator);
}

void group_by_state(struct snapshot *s)
{
	group_all(s, by_state);
}

void group_by_reason(struct snapshot *s)
{
	group_all(s, by_reason);
}

void group_by_name(struct snapshot *s)
{
	group_all(s, by_name);
}

void group_by_thread(struct snapshot *s)
{
	group_all(s, by_thread);
}
