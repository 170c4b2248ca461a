/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two times over, the second time with hints: all that go on by themselves go
 * on, and all whose waits these could end, and so forth; the others do not.
 */
#include <stdlib.h>

#include "analyse/waits.h"
#include "util/scope.h"

struct spreading {
	struct objects *o;
	bool hints;
	bool *goes_on;	   /* by party */
	bool *reached;	   /* by object */
	uint32_t *next;	   /* by want: the next one of its object + 1 */
	uint32_t *wanting; /* by object: the first want of it + 1 */
	uint32_t *owning;  /* by object: the next of the same owner + 1 */
	uint32_t *owned;   /* by party: the first object that it owns + 1 */
	uint32_t *held;	   /* likewise by holders */
	uint32_t *holding;
	uint32_t *of; /* by want: its party */
	struct {
		ARRAY(uint32_t);
	} work; /* parties that go on, not yet looked at */
};

bool has_known_owner(const struct object *o)
{
	switch (o->kind) {
	case OBJECT_MUTEX:
	case OBJECT_ONCE:
		return o->known && !addr_null(o->owner);
	case OBJECT_RWLOCK:
		return o->known && !addr_null(o->owner) && o->count == 0;
	case OBJECT_GOROUTINE:
		return o->known && o->owned_by != NONE;
	default:
		return false;
	}
}

/* Whether a wait for O ends without anybody's doing: the kernel's business, or
 * under way, or more than can be told. */
static bool ends_itself(const struct object *o)
{
	switch (o->kind) {
	case OBJECT_DESCRIPTOR:
		return true;
	case OBJECT_MUTEX:
	case OBJECT_ONCE:
	case OBJECT_GOROUTINE:
		return !has_known_owner(o);
	case OBJECT_RWLOCK:
		return !o->known || (!o->count && addr_null(o->owner));
	default:
		return !o->known;
	}
}

/* Whether anybody may have the address of O, which needs none or has been
 * found in memory. */
static bool is_open(const struct spreading *s, const struct object *o)
{
	if (has_known_owner(o))
		return false;
	return !s->hints || o->fixed || o->elsewhere || s->o->unsearched;
}

/* Whether P can go on for all that is known, and nothing is known of what it
 * waits for. */
static bool is_unknown(const struct objects *o, const struct party *p)
{
	bool unread = p->wants.n == 0 && !addr_null(p->object);

	if (p->timed)
		return false;
	for (size_t i = 0; i < p->wants.n; i++) {
		const struct object *wanted =
			&o->objects.items[o->wants.items[p->wants.first + i]];

		if (!ends_itself(wanted))
			continue;
		if (wanted->known || wanted->kind == OBJECT_DESCRIPTOR)
			return false;
		unread = true;
	}
	return unread;
}

static bool goes_on_itself(const struct spreading *s, const struct party *p)
{
	if (!p->waiting || p->claimed || p->timed)
		return true;
	if (p->wants.n == 0)
		return !p->for_nothing;
	for (size_t i = 0; i < p->wants.n; i++)
		if (ends_itself(
			    &s->o->objects.items
				     [s->o->wants.items[p->wants.first + i]]))
			return true;
	return false;
}

static void go_on(struct spreading *s, uint32_t party)
{
	if (s->goes_on[party])
		return;
	s->goes_on[party] = true;
	*ARRAY_PUSH(&s->work) = party;
}

/* Somebody that goes on can do something about it. */
static void reach(struct spreading *s, uint32_t object)
{
	if (s->reached[object])
		return;
	s->reached[object] = true;
	for (uint32_t i = s->wanting[object]; i; i = s->next[i - 1])
		go_on(s, s->of[i - 1]);
}

static void reach_open(struct spreading *s)
{
	for (uint32_t i = 0; i < s->o->objects.n; i++)
		if (is_open(s, &s->o->objects.items[i]))
			reach(s, i);
}

/* Whatever needs no address. */
static void reach_unowned(struct spreading *s)
{
	for (uint32_t i = 0; i < s->o->objects.n; i++)
		if (!has_known_owner(&s->o->objects.items[i]))
			reach(s, i);
}

/* What PARTY owns and whose address it has. */
static void spread_from(struct spreading *s, uint32_t party)
{
	for (uint32_t i = s->owned[party]; i; i = s->owning[i - 1])
		reach(s, i - 1);
	for (uint32_t i = s->held[party]; i; i = s->holding[i - 1]) {
		uint32_t object = s->o->holders.items[i - 1].object;

		if (!has_known_owner(&s->o->objects.items[object]))
			reach(s, object);
	}
}

static void index_wants(struct spreading *s)
{
	for (uint32_t p = 0; p < s->o->parties.n; p++) {
		const struct span *wants = &s->o->parties.items[p].wants;

		for (size_t i = wants->first; i < wants->first + wants->n;
		     i++) {
			uint32_t *first = &s->wanting[s->o->wants.items[i]];

			s->of[i] = p;
			s->next[i] = *first;
			*first = i + 1;
		}
	}
}

static void index_owners(struct spreading *s)
{
	for (uint32_t i = 0; i < s->o->objects.n; i++) {
		const struct object *o = &s->o->objects.items[i];

		if (!has_known_owner(o) || o->owned_by == NONE)
			continue;
		s->owning[i] = s->owned[o->owned_by];
		s->owned[o->owned_by] = i + 1;
	}
	for (uint32_t i = 0; i < s->o->holders.n; i++) {
		uint32_t *first = &s->held[s->o->holders.items[i].party];

		s->holding[i] = *first;
		*first = i + 1;
	}
}

/* Who goes on: S->goes_on. */
static void spread(struct spreading *s)
{
	struct objects *o = s->o;
	bool hidden = false;

	s->next = array_new(o->wants.n, sizeof(uint32_t));
	s->of = array_new(o->wants.n, sizeof(uint32_t));
	s->wanting = array_new(o->objects.n, sizeof(uint32_t));
	s->owning = array_new(o->objects.n, sizeof(uint32_t));
	s->owned = array_new(o->parties.n, sizeof(uint32_t));
	s->held = array_new(o->parties.n, sizeof(uint32_t));
	s->holding = array_new(o->holders.n, sizeof(uint32_t));
	s->reached = array_new(o->objects.n, sizeof(bool));
	index_wants(s);
	index_owners(s);
	for (uint32_t i = 0; i < o->parties.n; i++)
		if (goes_on_itself(s, &o->parties.items[i]))
			go_on(s, i);
	if (s->work.n || o->strangers)
		reach_open(s);
	for (size_t i = 0; i < s->work.n; i++) {
		hidden |= o->parties.items[s->work.items[i]].hidden;
		spread_from(s, s->work.items[i]);
		if (hidden && i + 1 == s->work.n)
			reach_unowned(s);
	}
	free(s->next);
	free(s->of);
	free(s->wanting);
	free(s->owning);
	free(s->owned);
	free(s->held);
	free(s->holding);
	free(s->reached);
	free(s->work.items);
}

void find_fates(struct snapshot *snapshot)
{
	struct objects *o = &snapshot->objects;
	SCOPE(memory) bool *certain = array_new(o->parties.n, sizeof(bool));
	SCOPE(memory) bool *likely = array_new(o->parties.n, sizeof(bool));
	struct spreading surely = { .o = o, .goes_on = certain };
	struct spreading perhaps = { .o = o, .goes_on = likely, .hints = true };

	spread(&surely);
	spread(&perhaps);
	for (size_t i = 0; i < o->parties.n; i++) {
		struct party *p = &o->parties.items[i];

		if (!certain[i])
			p->fate = FATE_STUCK;
		else if (!likely[i])
			p->fate = FATE_FORGOTTEN;
		else if (!p->waiting || p->claimed)
			p->fate = FATE_GOES_ON;
		else if (is_unknown(o, p))
			p->fate = FATE_UNKNOWN;
		else
			p->fate = goes_on_itself(&surely, p) ? FATE_ITSELF
							     : FATE_OTHERS;
	}
}
