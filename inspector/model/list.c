/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * That a list goes in a circle is seen without keeping each node that was met:
 * it comes back to a node that was marked, of which ever later ones are (Brent
 * 1980). By then some were visited again; as that comes from damage alone, all
 * is taken back then, and each is visited once.
 */
#include "model/list.h"
#include "layout/layout.h"
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
			progress_done(n);
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

struct error *list_walk(struct target *t, struct snapshot *s,
			const struct list *list, const struct visitor *v)
{
	addr_t first, again;
	struct error *e = target_read(t, list->head, &first, sizeof(first));
	size_t circle, n;

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
