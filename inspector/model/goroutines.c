/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "model/collection.h"
#include "model/evaluate.h"
#include "model/reason.h"

void reasons_free(struct reasons *r)
{
	map_free(&r->index);
	free(r->texts.items);
	*r = (struct reasons){ 0 };
}

/* The text at AT, of MOST bytes or up to its first NUL, which goroutine ID is
 * the first to name. */
static const char *read_text(struct collection *c, int64_t id, addr_t at,
			     uint64_t most)
{
	struct snapshot *s = c->snapshot;
	const char *text = reason_read(c->target, s, at, most);

	if (text)
		return text;
	snapshot_note(s, "goroutine %ld: what it waits for: 0x%lx is %s", id,
		      at.v, target_absence(c->target, at));
	return "";
}

/* Many wait for the same, and say so with the same words. */
static const char *text_at(struct collection *c, int64_t id, addr_t at,
			   uint64_t most)
{
	const uint32_t *known = map_get(&c->reasons.index, at.v);

	if (addr_null(at))
		return "";
	if (known)
		return c->reasons.texts.items[*known];
	map_put(&c->reasons.index, at.v, c->reasons.texts.n);
	return *ARRAY_PUSH(&c->reasons.texts) = read_text(c, id, at, most);
}

/* The thread of the machine that goroutine ID runs on; 0 while it is between
 * machines. */
static int32_t thread_of(struct snapshot *s, int64_t id, addr_t machine)
{
	if (addr_null(machine))
		return 0;
	for (size_t i = 0; i < s->machines.n; i++)
		if (addr_eq(s->machines.items[i].at, machine))
			return s->machines.items[i].thread;
	snapshot_note(s,
		      "goroutine %ld: its machine at 0x%lx is not one of "
		      "the list",
		      id, machine.v);
	return 0;
}

static const char *word_for(struct collection *c, int64_t id, uint64_t value)
{
	snapshot_note(c->snapshot,
		      "goroutine %ld: its state is %lu, which "
		      "is none",
		      id, value);
	return strings_format(&c->snapshot->strings, DamagedState "%lu", value);
}

/* What G waits for, in words. */
static const char *reason_of(struct collection *c, const struct goroutine *g,
			     struct thing thing)
{
	const struct layout *l = c->layout;
	const struct field length = l->goroutine.reason_length;
	uint64_t n = ReasonMost;

	if (field_there(length))
		n = value_of(c->target, thing, length);
	return text_at(c, g->id,
		       addr(value_of(c->target, thing, l->goroutine.reason)),
		       n);
}

/* What is true in some states only. */
static void fill_state(struct collection *c, struct goroutine *g,
		       const struct state *state, struct thing thing)
{
	const struct layout *l = c->layout;

	g->state = state->word;
	g->running = state->role == STATE_RUNNING;
	g->waiting = state->role == STATE_WAITING;
	if (g->running)
		g->thread = thread_of(
			c->snapshot, g->id,
			addr(value_of(c->target, thing, l->goroutine.machine)));
	if (!g->waiting)
		return;
	g->reason = reason_of(c, g, thing);
	g->since = value_of(c->target, thing, l->goroutine.since);
	g->object = addr(value_of(c->target, thing, l->goroutine.object));
}

/* The registers that it saved besides sp and pc. */
static void fill_saved(struct collection *c, struct goroutine *g,
		       struct thing thing)
{
	const struct layout *l = c->layout;
	struct snapshot *s = c->snapshot;
	struct registers saved = { .known = 0 };

	for (size_t i = 0; i < NRegs; i++)
		if (field_there(l->goroutine.saved[i])) {
			saved.value[i] = value_of(c->target, thing,
						  l->goroutine.saved[i]);
			saved.known |= UINT32_C(1) << i;
		}
	g->saved = s->registers.n;
	*ARRAY_PUSH(&s->registers) = saved;
}

/* FNV-1a over words. */
static uint64_t hash_origin(const struct origin *c)
{
	const uint64_t prime = UINT64_C(0x100000001b3);
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	h = (h ^ c->pc.v) * prime;
	h = (h ^ c->entry.v) * prime;
	return (h ^ c->creator.v) * prime;
}

static bool same_origin(const struct origin *a, const struct origin *b)
{
	return addr_eq(a->pc, b->pc) && addr_eq(a->entry, b->entry)
	       && addr_eq(a->creator, b->creator);
}

/* The number of its origin: that of another that has the same, but for two that
 * have one hash. */
static uint32_t origin_at(struct collection *c, struct thing b)
{
	const struct layout *l = c->layout;
	struct target *t = c->target;
	struct snapshot *s = c->snapshot;
	const struct origin origin = {
		.pc = addr(value_of(t, b, l->goroutine.pc)),
		.entry = addr(value_of(t, b, l->goroutine.entry)),
		.creator = addr(value_of(t, b, l->goroutine.creator)),
	};
	uint64_t h = hash_origin(&origin);
	const uint32_t *known = map_get(&c->origins, h);

	if (known && same_origin(&s->origins.items[*known], &origin))
		return *known;
	map_put(&c->origins, h, s->origins.n);
	*ARRAY_PUSH(&s->origins) = origin;
	return s->origins.n - 1;
}

static void fill_goroutine(const struct layout *l, struct collection *c,
			   struct thing b, struct goroutine *g)
{
	struct target *t = c->target;

	g->sp = addr(value_of(t, b, l->goroutine.sp));
	g->top = addr(value_of(t, b, l->goroutine.top));
	g->low = addr(value_of(t, b, l->goroutine.low));
	g->bytes = value_of(t, b, l->goroutine.bytes);
	g->reason = "";
	g->where = g->created_by = g->saved = NONE;
	g->name = strings_add_foreign(&c->snapshot->strings,
				      (const char *)b.bytes
					      + l->goroutine.name.offset,
				      l->goroutine.name.size);
}

void goroutine_add(struct collection *c, addr_t at, const uint8_t *bytes)
{
	const struct layout *l = c->layout;
	struct thing thing = { at, bytes };
	uint64_t value = value_of(c->target, thing, l->goroutine.state);
	const struct state *state = layout_state(l, value);
	struct goroutine g = {
		.at = at,
		.id = (int64_t)value_of(c->target, thing, l->goroutine.id),
	};

	if (state && state->role == STATE_UNUSED)
		return;
	if (!ids_has(c->ids, g.id))
		return;
	fill_goroutine(l, c, thing, &g);
	if (state)
		fill_state(c, &g, state, thing);
	else
		g.state = word_for(c, g.id, value);
	if (c->wanted && !c->wanted(c->wanted_arg, &g))
		return;
	if (field_there(l->goroutine.oldest) && g.running)
		g.top = addr(value_of(c->target, thing, l->goroutine.oldest));
	if (l->goroutine.saves && !g.running)
		fill_saved(c, &g, thing);
	g.origin = origin_at(c, thing);
	*ARRAY_PUSH(&c->snapshot->goroutines) = g;
}

static int compare_ids(const void *a, const void *b)
{
	const struct goroutine *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Whether SIGN times the ids ascend. */
static bool in_order(const struct snapshot *s, int64_t sign)
{
	const struct goroutine *g = s->goroutines.items;

	for (size_t i = 1; i < s->goroutines.n; i++)
		if (sign * compare_ids(&g[i - 1], &g[i]) > 0)
			return false;
	return true;
}

static void reverse(struct snapshot *s)
{
	struct goroutine *g = s->goroutines.items;

	for (size_t i = 0, k = s->goroutines.n; i + 1 < k--; i++) {
		struct goroutine swapped = g[i];

		g[i] = g[k];
		g[k] = swapped;
	}
}

/* By id. The list often has the newest first. */
void goroutines_sort(struct snapshot *s)
{
	if (in_order(s, 1))
		return;
	if (in_order(s, -1))
		reverse(s);
	else
		qsort(s->goroutines.items, s->goroutines.n,
		      sizeof(*s->goroutines.items), compare_ids);
}
