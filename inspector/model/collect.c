/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "model/collect.h"
#include "util/scope.h"

enum { ReasonMost = 128 };

/* A list in the target: a variable, and nodes of SIZE bytes. */
struct list {
	const char *what;
	addr_t head; /* the variable */
	struct field next;
	uint64_t size;
};

/* Takes a node's bytes. */
typedef void visit(void *arg, addr_t at, const uint8_t *bytes);

static void note_broken(struct snapshot *s, const struct list *list, size_t nth,
			struct error *e)
{
	snapshot_note(s, "%s %zu of the list: %s; the list ends here",
		      list->what, nth, e->text);
	error_free(e);
}

/* Visit the nodes from AT on, as far as the list is whole. */
static void walk_from(struct target *t, struct snapshot *s,
		      const struct list *list, addr_t at, visit *visit,
		      void *arg)
{
	SCOPE(memory) uint8_t *node = array_new(list->size, 1);
	struct map met = { 0 };
	size_t n = 0;

	while (!addr_null(at)) {
		struct error *e = target_read(t, at, node, list->size);

		n++;
		if (!e && !map_put(&met, at.v, 0))
			e = error_new("0x%lx was met before", at.v);
		if (e) {
			note_broken(s, list, n, e);
			break;
		}
		visit(arg, at, node);
		at = addr(layout_get(node, list->next));
	}
	map_free(&met);
}

static struct error *walk(struct target *t, struct snapshot *s,
			  const struct list *list, visit *visit, void *arg)
{
	struct error *e;
	addr_t first;

	e = target_read(t, list->head, &first, sizeof(first));
	if (!e)
		walk_from(t, s, list, first, visit, arg);
	return e;
}

/* What the visits need. */
struct collecting {
	struct target *target;
	const struct layout *layout;
	const struct ids *ids;
	struct snapshot *snapshot;
	struct map reasons; /* address to 0: those that could not be read */
};

static void visit_machine(void *arg, addr_t at, const uint8_t *m)
{
	struct collecting *c = arg;
	const struct layout *l = c->layout;

	*ARRAY_PUSH(&c->snapshot->machines) = (struct machine){
		.at = at,
		.id = (int32_t)layout_get(m, l->machine.id),
		.thread = (int32_t)layout_get(m, l->machine.thread),
		.current = addr(layout_get(m, l->machine.current)),
	};
}

void collect_machines(struct target *t, const struct layout *l,
		      struct snapshot *s)
{
	struct collecting c = { .layout = l, .snapshot = s };
	const struct list machines = { "machine", l->machine.head,
				       l->machine.next, l->machine.size };
	struct error *e = walk(t, s, &machines, visit_machine, &c);

	if (!e)
		return;
	snapshot_note(s, "the list of machines: %s", e->text);
	error_free(e);
}

/* The text at AT, of a kind that is said in words if it cannot be read. */
static const char *text_at(struct collecting *c, int64_t id, addr_t at)
{
	struct snapshot *s = c->snapshot;
	char text[ReasonMost];
	size_t n;

	if (addr_null(at))
		return "";
	n = target_read_some(c->target, at, text, sizeof(text));
	if (n)
		return strings_add_foreign(&s->strings, text, n);
	if (map_put(&c->reasons, at.v, 0))
		snapshot_note(s,
			      "goroutine %ld: what it waits for: 0x%lx is "
			      "%s",
			      id, at.v, target_absence(c->target, at));
	return "";
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

static const char *word_for(struct collecting *c, int64_t id, uint64_t value)
{
	snapshot_note(c->snapshot,
		      "goroutine %ld: its state is %lu, which "
		      "is none",
		      id, value);
	return strings_format(&c->snapshot->strings, "state %lu", value);
}

/* What is true in some states only. */
static void fill_state(struct collecting *c, struct goroutine *g,
		       const struct state *state, const uint8_t *bytes)
{
	const struct layout *l = c->layout;

	g->state = state->word;
	g->running = state->role == STATE_RUNNING;
	g->waiting = state->role == STATE_WAITING;
	if (g->running)
		g->thread = thread_of(
			c->snapshot, g->id,
			addr(layout_get(bytes, l->goroutine.machine)));
	if (!g->waiting)
		return;
	g->reason =
		text_at(c, g->id, addr(layout_get(bytes, l->goroutine.reason)));
	g->since = layout_get(bytes, l->goroutine.since);
	g->object = addr(layout_get(bytes, l->goroutine.object));
}

static void fill_goroutine(const struct layout *l, struct snapshot *s,
			   const uint8_t *b, struct goroutine *g)
{
	g->creator = addr(layout_get(b, l->goroutine.creator));
	g->entry = addr(layout_get(b, l->goroutine.entry));
	g->sp = addr(layout_get(b, l->goroutine.sp));
	g->pc = addr(layout_get(b, l->goroutine.pc));
	g->top = addr(layout_get(b, l->goroutine.top));
	g->low = addr(layout_get(b, l->goroutine.low));
	g->bytes = layout_get(b, l->goroutine.bytes);
	g->reason = "";
	g->waited = -1;
	g->where = g->created_by = NONE;
	g->name = strings_add_foreign(
		&s->strings, (const char *)b + l->goroutine.name.offset,
		l->goroutine.name.size);
}

static void visit_goroutine(void *arg, addr_t at, const uint8_t *bytes)
{
	struct collecting *c = arg;
	const struct layout *l = c->layout;
	uint64_t value = layout_get(bytes, l->goroutine.state);
	const struct state *state = layout_state(l, value);
	struct goroutine g = {
		.at = at,
		.id = (int64_t)layout_get(bytes, l->goroutine.id),
	};

	if (state && state->role == STATE_UNUSED)
		return;
	if (!ids_has(c->ids, g.id))
		return;
	fill_goroutine(l, c->snapshot, bytes, &g);
	if (state)
		fill_state(c, &g, state, bytes);
	else
		g.state = word_for(c, g.id, value);
	*ARRAY_PUSH(&c->snapshot->goroutines) = g;
}

static int compare_ids(const void *a, const void *b)
{
	const struct goroutine *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

struct error *collect_goroutines(struct target *t, const struct layout *l,
				 const struct ids *ids, struct snapshot *s)
{
	struct collecting c = { t, l, ids, s, { 0 } };
	const struct list all = { "goroutine", l->goroutine.head,
				  l->goroutine.next, l->goroutine.size };
	struct error *cause = walk(t, s, &all, visit_goroutine, &c);
	struct error *e;

	map_free(&c.reasons);
	if (cause) {
		e = error_new("cannot read the list of goroutines of %s: %s",
			      t->subject, cause->text);
		error_free(cause);
		return e;
	}
	if (s->goroutines.n)
		qsort(s->goroutines.items, s->goroutines.n,
		      sizeof(*s->goroutines.items), compare_ids);
	return NULL;
}

struct error *collect(struct target *t, const struct layout *l,
		      const struct ids *ids, enum collect_extent extent,
		      struct snapshot **ret)
{
	SCOPE(snapshot) struct snapshot *s = snapshot_new();
	struct error *e;

	collect_machines(t, l, s);
	e = collect_goroutines(t, l, ids, s);
	if (e)
		return e;
	collect_segments(t, l, extent, s);
	collect_threads(t);
	collect_clock(t, l, s);
	*ret = RELEASE(s);
	return NULL;
}
