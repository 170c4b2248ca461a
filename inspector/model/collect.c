/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "model/collection.h"
#include "util/scope.h"

struct collection *collection_new(struct target *t, const struct layout *l,
				  const struct ids *ids,
				  enum collect_extent extent)
{
	struct collection *c = array_new(1, sizeof(*c));

	c->target = t;
	c->layout = l;
	c->ids = ids;
	c->snapshot = snapshot_new();
	c->segments = (struct segment_reader){
		.target = t,
		.layout = l,
		.snapshot = c->snapshot,
		.extent = extent,
	};
	return c;
}

void collection_choose(struct collection *c,
		       bool (*wanted)(void *arg, const struct goroutine *g),
		       void *arg)
{
	c->wanted = wanted;
	c->wanted_arg = arg;
}

void collection_take(struct collection *c,
		     void (*take)(void *arg, struct snapshot *s, size_t first,
				  size_t end),
		     void *arg)
{
	c->take = take;
	c->take_arg = arg;
}

void collection_search(struct collection *c)
{
	c->search = true;
}

void collection_free(struct collection *c)
{
	if (c->snapshot)
		snapshot_free(c->snapshot);
	reasons_free(&c->reasons);
	map_free(&c->origins);
	segments_free(&c->segments);
	free(c->parked.items);
	free(c);
}

struct list collection_list(const struct layout *l)
{
	return (struct list){
		.what = "goroutine",
		.head = l->goroutine.head,
		.array = l->goroutine.array,
		.count = l->goroutine.count,
		.next = l->goroutine.next,
		.size = l->goroutine.size,
	};
}

void collection_walk_again(struct target *t, const struct layout *l,
			   struct snapshot *s, const struct visitor *v)
{
	const struct list all = collection_list(l);
	size_t notes = s->notes.n;

	error_free(list_walk(t, s, &all, v));
	s->notes.n = notes;
}

static void visit_machine(void *arg, addr_t at, const uint8_t *m)
{
	struct collection *c = arg;
	const struct layout *l = c->layout;

	*ARRAY_PUSH(&c->snapshot->machines) = (struct machine){
		.at = at,
		.id = (int32_t)layout_get(m, l->machine.id),
		.thread =
			target_tid(c->target, layout_get(m, l->machine.thread)),
		.current = addr(layout_get(m, l->machine.current)),
	};
}

static void forget_machines(void *arg)
{
	((struct collection *)arg)->snapshot->machines.n = 0;
}

static void read_machines(struct collection *c)
{
	const struct layout *l = c->layout;
	const struct list machines = {
		.what = "machine",
		.head = l->machine.head,
		.next = l->machine.next,
		.size = l->machine.size,
	};
	const struct visitor v = { visit_machine, forget_machines, c };
	SCOPE(error)
	struct error *e = list_walk(c->target, c->snapshot, &machines, &v);

	if (e)
		snapshot_note(c->snapshot, "the list of machines: %s", e->text);
}

static void visit_goroutine(void *arg, addr_t at, const uint8_t *bytes)
{
	struct collection *c = arg;

	if (!early_keeps(c, at, bytes))
		goroutine_add(c, at, bytes);
}

/* Those that come again say again what is wrong with them. */
static void forget_goroutines(void *arg)
{
	struct collection *c = arg;

	early_restart(c);
	c->snapshot->goroutines.n = c->parked.n;
	c->snapshot->notes.n = c->notes;
	reasons_free(&c->reasons);
}

/* The stacks that threads are on: read them, so that they are kept. Enough for
 * what a runtime does on them, and for a program's main(). */
enum { ThreadStack = 256 << 10 };

static void read_threads(struct target *t)
{
	SCOPE(memory) uint8_t *buf = array_new(ThreadStack, 1);

	for (size_t i = 0; i < t->threads.n; i++)
		target_read_some(t, addr(t->threads.items[i].regs.value[DwRsp]),
				 buf, ThreadStack);
}

/* Of a file's data, and of the zeroed memory behind it. */
enum { StaticMost = 16 << 20 };

static bool has_statics(const struct target *t, size_t i)
{
	const struct mapping *m = &t->mappings.items[i];

	if (!m->writable)
		return false;
	return m->file != NO_FILE
	       || (i > 0 && addr_eq(m[-1].end, m->low) && m[-1].writable
		   && m[-1].file != NO_FILE);
}

/* Read static variables, so that they are kept. */
static void read_statics(struct target *t)
{
	for (size_t i = 0; i < t->mappings.n; i++) {
		const struct mapping *m = &t->mappings.items[i];
		uint64_t size = addr_span(m->low, m->end);
		SCOPE(memory) uint8_t *buf = NULL;

		if (!has_statics(t, i))
			continue;
		size = size < StaticMost ? size : StaticMost;
		buf = array_new(size, 1);
		target_read_some(t, m->low, buf, size);
	}
}

/* A list that cannot be read is an error only if nothing is found without it.
 */
static struct error *read_goroutines(struct collection *c)
{
	struct list all = collection_list(c->layout);
	const struct visitor v = { visit_goroutine, forget_goroutines, c };
	SCOPE(error) struct error *cause = NULL;
	struct snapshot *s = c->snapshot;

	all.broken = &s->incomplete;
	c->notes = s->notes.n;
	cause = list_walk(c->target, s, &all, &v);
	if (cause || s->incomplete || c->search)
		lost_find(c);
	if (!cause)
		return NULL;
	if (s->goroutines.n == c->parked.n)
		return error_new("cannot read the list of goroutines of %s: %s",
				 c->target->subject, cause->text);
	s->incomplete = true;
	snapshot_note(s, "the list of goroutines: %s", cause->text);
	return NULL;
}

struct error *collect(struct collection *c)
{
	struct error *e;

	read_machines(c);
	e = read_goroutines(c);
	if (e)
		return e;
	early_forget(c);
	segments_read(&c->segments, c->parked.n, c->snapshot->goroutines.n);
	threads_match(c->target, c->snapshot);
	fatal_read(c);
	read_threads(c->target);
	if (c->segments.extent == COLLECT_VALUES)
		read_statics(c->target);
	clock_read(c);
	return NULL;
}

/* Where their segments were is told by the segments now. */
static void forget_tops(struct snapshot *s)
{
	for (size_t i = 0; i < s->goroutines.n; i++) {
		struct goroutine *g = &s->goroutines.items[i];

		if (!g->unwound)
			g->frames = g->lines = (struct span){ 0, 0 };
	}
}

/* While goroutines have it. */
static bool any_since(const struct snapshot *s)
{
	for (size_t i = 0; i < s->goroutines.n; i++)
		if (s->goroutines.items[i].waiting
		    && s->goroutines.items[i].since)
			return true;
	return false;
}

struct snapshot *collect_finish(struct collection *c)
{
	early_drop(c);
	goroutines_sort(c->snapshot);
	c->snapshot->since_noted = any_since(c->snapshot);
	clock_apply(c);
	forget_tops(c->snapshot);
	return RELEASE(c->snapshot);
}
