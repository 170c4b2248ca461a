/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/collect_objects.h"
#include "util/scope.h"

/* No runtime that we know allows as many in one select. */
enum { CasesMost = 4096 };

uint32_t add_object(struct looking *l, addr_t at, enum object_kind kind)
{
	struct objects *o = &l->snapshot->objects;
	uint64_t key = object_key(at, kind);
	const uint32_t *known = map_get(&o->object_at, key);

	if (known)
		return *known;
	map_put(&o->object_at, key, o->objects.n);
	*ARRAY_PUSH(&o->objects) = (struct object){
		.at = at,
		.word = object_word(kind),
		.kind = kind,
		.owned_by = NONE,
		.created_by = NONE,
	};
	return o->objects.n - 1;
}

static void add_want(struct looking *l, struct party *p, addr_t at,
		     enum object_kind kind)
{
	uint32_t object = add_object(l, at, kind);

	*ARRAY_PUSH(&l->snapshot->objects.wants) = object;
	p->wants.n++;
}

static void note_select(struct looking *l, const struct party *p,
			const char *what)
{
	snapshot_note(l->snapshot, "%s: its select: %s",
		      party_name(l->snapshot, p), what);
}

/* The channel of the case whose bytes are CASE. */
static struct error *add_case(struct looking *l, struct party *p,
			      const uint8_t *bytes)
{
	const struct objects_layout *o = l->objects;
	addr_t clause = addr(layout_get(bytes, o->select_case.clause));
	struct field f = o->clause.channel;
	uint8_t channel[8];
	struct error *e =
		stacks_read(&l->stacks, l->target, addr_plus(clause, f.offset),
			    channel, f.size);

	f.offset = 0;
	if (!e)
		add_want(l, p, addr(layout_get(channel, f)), OBJECT_CHANNEL);
	return e;
}

static struct error *add_cases(struct looking *l, struct party *p, addr_t at,
			       uint64_t n)
{
	uint64_t size = l->objects->select_case.size;
	SCOPE(memory) uint8_t *cases = array_new(n, size);
	struct error *e =
		stacks_read(&l->stacks, l->target, at, cases, n * size);

	for (uint64_t i = 0; !e && i < n; i++)
		e = add_case(l, p, cases + i * size);
	return e;
}

static void add_select(struct looking *l, struct party *p)
{
	const struct objects_layout *o = l->objects;
	SCOPE(memory) uint8_t *select = array_new(o->select.size, 1);
	SCOPE(error)
	struct error *e = stacks_read(&l->stacks, l->target, p->object, select,
				      o->select.size);
	uint64_t n;

	if (e) {
		note_select(l, p, e->text);
		return;
	}
	n = layout_get(select, o->select.number);
	if (n > CasesMost) {
		note_select(l, p, "it has too many cases to be true");
		return;
	}
	e = add_cases(l, p, addr(layout_get(select, o->select.cases)), n);
	if (e)
		note_select(l, p, e->text);
}

/* The kind of what is waited for in a way; OBJECT_KINDS: nothing. */
static enum object_kind kind_of(enum way way)
{
	static const enum object_kind kinds[NWAYS + 1] = {
		[WAY_SEND] = OBJECT_CHANNEL,
		[WAY_RECEIVE] = OBJECT_CHANNEL,
		[WAY_SELECT] = OBJECT_KINDS,
		[WAY_MUTEX] = OBJECT_MUTEX,
		[WAY_READ_LOCK] = OBJECT_RWLOCK,
		[WAY_WRITE_LOCK] = OBJECT_RWLOCK,
		[WAY_CONDITION] = OBJECT_CONDITION,
		[WAY_WAITGROUP] = OBJECT_WAITGROUP,
		[WAY_ONCE] = OBJECT_ONCE,
		[WAY_JOIN] = OBJECT_GOROUTINE,
		[WAY_SLEEP] = OBJECT_KINDS,
		[WAY_STOP] = OBJECT_KINDS,
		[WAY_READ] = OBJECT_DESCRIPTOR,
		[WAY_WRITE] = OBJECT_DESCRIPTOR,
		[WAY_ACCEPT] = OBJECT_DESCRIPTOR,
		[WAY_CONNECT] = OBJECT_DESCRIPTOR,
		[WAY_EITHER] = OBJECT_DESCRIPTOR,
		[NWAYS] = OBJECT_KINDS,
	};

	return kinds[way];
}

void collect_wants(struct looking *l)
{
	struct objects *o = &l->snapshot->objects;
	const char *words = NULL; /* each is kept once */
	enum way way = NWAYS;

	for (size_t i = 0; i < o->parties.n; i++) {
		struct party *p = &o->parties.items[i];

		p->wants.first = o->wants.n;
		if (!p->waiting)
			continue;
		if (p->reason != words)
			way = objects_way(l->objects, p->reason);
		words = p->reason;
		if (addr_null(p->object))
			p->for_nothing = way == WAY_SELECT;
		else if (way == WAY_SELECT)
			add_select(l, p);
		else if (kind_of(way) != OBJECT_KINDS)
			add_want(l, p, p->object, kind_of(way));
	}
}
