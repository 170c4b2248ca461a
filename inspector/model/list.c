/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * That a list goes in a circle is seen without keeping each node that was met:
 * it comes back to a node that was marked, of which ever later ones are (Brent
 * 1980). By then some were visited again; as that comes from damage alone, all
 * is taken back then, and each is visited once.
 */
#include "model/list.h"
#include "layout/layout.h"
#include "model/evaluate.h"
#include "util/progress.h"
#include "util/scope.h"

static void note_broken(struct snapshot *s, const struct list *list, size_t nth,
			struct error *e)
{
	snapshot_note(s, "%s %zu of the list: %s; the list ends here",
		      list->what, nth, e->text);
	if (list->broken)
		*list->broken = true;
	error_free(e);
}

/* Whoever waits is told of every so many. */
enum { Told = 1024 };

/* The node that is marked, and which it is. */
struct mark {
	addr_t at;
	size_t nth;
	size_t next; /* the one to be marked next */
};

static void move_mark(struct mark *m, addr_t at, size_t nth)
{
	if (nth == m->next)
		*m = (struct mark){ at, nth, nth * 2 };
}

/* Visit the nodes from AT on, MOST at most. Return how many there are in the
 * list's circle; 0 if it has none. */
static size_t visit_from(struct target *t, struct snapshot *s,
			 const struct list *list, addr_t at, size_t most,
			 const struct visitor *v)
{
	SCOPE(memory) uint8_t *node = array_new(list->size, 1);
	struct mark mark = { .next = 1 };

	for (size_t n = 1; !addr_null(at) && n <= most; n++) {
		struct error *e = target_read(t, at, node, list->size);

		if (e) {
			note_broken(s, list, n, e);
			return 0;
		}
		if (addr_eq(at, mark.at))
			return n - mark.nth;
		move_mark(&mark, at, n);
		v->visit(v->arg, at, node);
		if (n % Told == 0)
			progress_done(t->progress, n);
		at = addr(layout_get(node, list->next));
	}
	return 0;
}

static addr_t next_of(struct target *t, const struct list *list, addr_t at)
{
	addr_t next = addr(0);

	target_read_some(t, addr_plus(at, list->next.offset), &next,
			 sizeof(next));
	return next;
}

/* How many nodes there are from FIRST on, in a circle of SIZE and before it: of
 * two that walk SIZE apart the later is AGAIN where the circle begins. */
static size_t count_nodes(struct target *t, const struct list *list,
			  addr_t first, size_t size, addr_t *again)
{
	addr_t ahead = first;
	size_t n = size;

	for (size_t i = 0; i < size; i++)
		ahead = next_of(t, list, ahead);
	for (; !addr_eq(first, ahead); n++) {
		first = next_of(t, list, first);
		ahead = next_of(t, list, ahead);
	}
	*again = ahead;
	return n;
}

/* Pointers that are read together. */
enum { PointersAtOnce = 512 };

/* An array, as far as it was walked. */
struct walked {
	addr_t at;
	uint64_t n;    /* pointers there are */
	uint64_t gone; /* nodes that are left out; why the first of them is: */
	char *first;
	struct map met;
};

static void visit_pointer(struct target *t, const struct list *list, addr_t at,
			  uint8_t *node, struct walked *w,
			  const struct visitor *v)
{
	struct error *e = NULL;

	if (!map_put(&w->met, at.v, 0))
		e = error_new("0x%lx was met before", at.v);
	else
		e = target_read(t, at, node, list->size);
	if (!e) {
		v->visit(v->arg, at, node);
		return;
	}
	if (w->gone++ == 0)
		w->first = RELEASE(e->text);
	error_free(e);
}

/* Visit what the pointers from number I on point to. Return how many of them
 * could be read. */
static size_t visit_some(struct target *t, const struct list *list, uint64_t i,
			 uint8_t *node, struct walked *w,
			 const struct visitor *v)
{
	addr_t some[PointersAtOnce];
	size_t n = w->n - i < PointersAtOnce ? w->n - i : PointersAtOnce;

	n = target_read_some(t, addr_plus(w->at, i * sizeof(*some)), some,
			     n * sizeof(*some))
	    / sizeof(*some);
	for (size_t k = 0; k < n; k++)
		if (!addr_null(some[k]))
			visit_pointer(t, list, some[k], node, w, v);
	progress_done(t->progress, i + n);
	return n;
}

static void note_gone(struct snapshot *s, const struct list *list,
		      const struct walked *w)
{
	if (!w->gone)
		return;
	if (list->broken)
		*list->broken = true;
	snapshot_note(s, "%lu of %lu in the array of %ss: %s; left out",
		      w->gone, w->n, list->what, w->first);
}

/* A pointer that cannot be read ends an array, which ends with memory. */
static struct error *array_walk(struct target *t, struct snapshot *s,
				const struct list *list,
				const struct visitor *v)
{
	SCOPE(memory) uint8_t *node = array_new(list->size, 1);
	SCOPE(memory) char *first = NULL;
	const struct thing none = { 0 };
	struct walked w = { .at = addr(value_of(t, none, list->array)) };
	uint64_t i = 0;
	size_t n = 1;

	w.n = value_of(t, none, list->count);
	for (; i < w.n && n; i += n)
		n = visit_some(t, list, i, node, &w, v);
	first = w.first;
	map_free(&w.met);
	note_gone(s, list, &w);
	if (i == 0 && w.n)
		return target_read(t, w.at, node, sizeof(addr_t));
	if (i < w.n)
		note_broken(s, list, i + 1,
			    target_read(t, addr_plus(w.at, i * sizeof(addr_t)),
					node, sizeof(addr_t)));
	return NULL;
}

struct error *list_walk(struct target *t, struct snapshot *s,
			const struct list *list, const struct visitor *v)
{
	addr_t first, again;
	struct error *e;
	size_t circle, n;

	if (field_there(list->array))
		return array_walk(t, s, list, v);
	e = target_read(t, list->head, &first, sizeof(first));
	if (e)
		return e;
	circle = visit_from(t, s, list, first, SIZE_MAX, v);
	if (!circle)
		return NULL;
	v->forget(v->arg);
	n = count_nodes(t, list, first, circle, &again);
	visit_from(t, s, list, first, n, v);
	note_broken(s, list, n + 1, error_new("0x%lx was met before", again.v));
	return NULL;
}
