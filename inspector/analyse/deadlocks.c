/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "analyse/waits.h"
#include "util/scope.h"

/* A circle is looked for from so many of a deadlock's parties. */
enum { TriesMost = 64 };

/* Parties that have to do with each other, by the one that stands for all. */
struct together {
	struct objects *o;
	uint32_t *leader;  /* by party */
	uint32_t *waiting; /* by object: one who waits for it + 1 */
};

static bool is_lost(const struct party *p)
{
	return p->fate == FATE_STUCK || p->fate == FATE_FORGOTTEN;
}

static uint32_t leader_of(struct together *t, uint32_t i)
{
	while (t->leader[i] != i) {
		t->leader[i] = t->leader[t->leader[i]];
		i = t->leader[i];
	}
	return i;
}

/* The lower number stands for both. */
static void join(struct together *t, uint32_t a, uint32_t b)
{
	a = leader_of(t, a);
	b = leader_of(t, b);
	if (a < b)
		t->leader[b] = a;
	else
		t->leader[a] = b;
}

static void join_by_object(struct together *t, uint32_t party, uint32_t object)
{
	const struct object *o = &t->o->objects.items[object];

	if (t->waiting[object])
		join(t, party, t->waiting[object] - 1);
	t->waiting[object] = party + 1;
	if (has_known_owner(o) && o->owned_by != NONE)
		join(t, party, o->owned_by);
}

/* Whom PARTY waits for, if that is one that is known; or NONE. */
static uint32_t next_of(const struct objects *o, uint32_t party)
{
	const struct span *wants = &o->parties.items[party].wants;
	const struct object *object;

	if (wants->n != 1)
		return NONE;
	object = &o->objects.items[o->wants.items[wants->first]];
	return has_known_owner(object) ? object->owned_by : NONE;
}

/* A party in a circle that one who waits from FIRST on comes to; or NONE. By
 * Floyd: the second goes twice as fast. */
static uint32_t circle_from(const struct objects *o, uint32_t first)
{
	uint32_t slow = first, fast = first;

	do {
		slow = next_of(o, slow);
		fast = next_of(o, fast);
		if (fast == NONE)
			return NONE;
		fast = next_of(o, fast);
		if (fast == NONE)
			return NONE;
	} while (slow != fast);
	return slow;
}

/* The lowest number in the circle of PARTY. */
static uint32_t lowest(const struct objects *o, uint32_t party)
{
	uint32_t low = party;

	for (uint32_t i = next_of(o, party); i != party; i = next_of(o, i))
		if (i < low)
			low = i;
	return low;
}

/* Put the circle, if there is one, in front; SEEN: those that were added. */
static void add_circle(struct objects *o, struct deadlock *d, uint32_t party,
		       bool *seen)
{
	uint32_t first = circle_from(o, party), i;

	if (first == NONE)
		return;
	i = first = lowest(o, first);
	do {
		*ARRAY_PUSH(&o->members) = i;
		seen[i] = true;
		d->circle++;
		i = next_of(o, i);
	} while (i != first);
	d->members.n = d->circle;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The parties PAIRS[0], ..., the low halves of which say who. */
static void add_deadlock(struct objects *o, const uint64_t *pairs, size_t n,
			 bool *seen)
{
	struct deadlock d = { .certain = true, .members = { o->members.n, 0 } };

	for (size_t i = 0; i < n && i < TriesMost && !d.circle; i++)
		add_circle(o, &d, (uint32_t)pairs[i], seen);
	for (size_t i = 0; i < n; i++) {
		uint32_t party = (uint32_t)pairs[i];

		d.certain &= o->parties.items[party].fate == FATE_STUCK;
		if (seen[party])
			continue;
		*ARRAY_PUSH(&o->members) = party;
		d.members.n++;
	}
	*ARRAY_PUSH(&o->deadlocks) = d;
}

static int compare_deadlocks(const void *a, const void *b)
{
	const struct deadlock *x = a, *y = b;

	if (x->certain != y->certain)
		return x->certain ? -1 : 1;
	if (!x->circle != !y->circle)
		return x->circle ? -1 : 1;
	return x->members.first < y->members.first ? -1 : 1;
}

static void put_together(struct together *t)
{
	struct objects *o = t->o;

	for (uint32_t p = 0; p < o->parties.n; p++)
		t->leader[p] = p;
	for (uint32_t p = 0; p < o->parties.n; p++) {
		const struct span *wants = &o->parties.items[p].wants;

		for (size_t i = 0;
		     is_lost(&o->parties.items[p]) && i < wants->n; i++)
			join_by_object(t, p, o->wants.items[wants->first + i]);
	}
}

/* The lost ones with their leaders, sorted by these; how many. */
static size_t sort_lost(struct together *t, uint64_t *pairs)
{
	size_t n = 0;

	for (uint32_t p = 0; p < t->o->parties.n; p++)
		if (is_lost(&t->o->parties.items[p]))
			pairs[n++] = (uint64_t)leader_of(t, p) << 32 | p;
	if (n)
		qsort(pairs, n, sizeof(*pairs), compare);
	return n;
}

void find_deadlocks(struct snapshot *s)
{
	struct objects *o = &s->objects;
	size_t n = o->parties.n, lost;
	SCOPE(memory) uint32_t *leader = array_new(n, sizeof(*leader));
	SCOPE(memory)
	uint32_t *waiting = array_new(o->objects.n, sizeof(*waiting));
	SCOPE(memory) uint64_t *pairs = array_new(n, sizeof(*pairs));
	SCOPE(memory) bool *seen = array_new(n, sizeof(*seen));
	struct together t = { o, leader, waiting };

	put_together(&t);
	lost = sort_lost(&t, pairs);
	for (size_t i = 0, k; i < lost; i = k) {
		for (k = i + 1; k < lost && pairs[k] >> 32 == pairs[i] >> 32;)
			k++;
		add_deadlock(o, pairs + i, k - i, seen);
	}
	if (o->deadlocks.n)
		qsort(o->deadlocks.items, o->deadlocks.n,
		      sizeof(*o->deadlocks.items), compare_deadlocks);
}
