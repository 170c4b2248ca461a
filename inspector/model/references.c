/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory that is searched is cut into pieces: what can be written, without
 * what belongs to goroutines, the runtime's own structs of them and of its
 * machines and threads, and what lies below the stack pointer of a thread.
 */
#include <stdlib.h>

#include "model/collection.h"
#include "model/pieces.h"
#include "model/references.h"
#include "util/scope.h"

/* A process stands still meanwhile, for about 0.2 s a GiB. RedZone: below its
 * stack pointer a function may keep so much. */
static const uint64_t SearchMost = UINT64_C(1) << 30;
enum { RedZone = 128 };

struct piece {
	addr_t low;
	addr_t end;
};

struct searching {
	struct target *target;
	const struct layout *layout;
	const struct objects_layout *objects;
	struct snapshot *snapshot;
	const struct sought_objects *sought;
	struct {
		ARRAY(struct piece);
	} without;
	struct {
		ARRAY(struct piece);
	} pieces;
};

static void leave_out(struct searching *s, addr_t low, addr_t end)
{
	if (low.v < end.v)
		*ARRAY_PUSH(&s->without) = (struct piece){ low, end };
}

static void leave_out_struct(struct searching *s, addr_t at, uint64_t size)
{
	leave_out(s, at, addr_plus(at, size));
}

/* Of goroutines that have ended the stack too. */
static void visit_goroutine(void *arg, addr_t at, const uint8_t *bytes)
{
	struct searching *s = arg;
	const struct layout *l = s->layout;
	addr_t low = addr(layout_get(bytes, l->goroutine.low));
	addr_t top = addr(layout_get(bytes, l->goroutine.top));

	leave_out_struct(s, at, l->goroutine.size);
	leave_out(s, low, addr_plus(top, l->segment.size));
}

static void forget_nothing(void *arg)
{
	(void)arg;
}

static void leave_out_goroutines(struct searching *s)
{
	const struct visitor v = { visit_goroutine, forget_nothing, s };

	collection_walk_again(s->target, s->layout, s->snapshot, &v);
}

static void leave_out_segments(struct searching *s)
{
	for (size_t i = 0; i < s->snapshot->segments.n; i++)
		leave_out(s, s->snapshot->segments.items[i].low,
			  s->snapshot->segments.items[i].end);
}

static void leave_out_machines(struct searching *s)
{
	for (size_t i = 0; i < s->snapshot->machines.n; i++)
		leave_out_struct(s, s->snapshot->machines.items[i].at,
				 s->layout->machine.size);
}

static void leave_out_threads(struct searching *s)
{
	const struct objects *o = &s->snapshot->objects;
	uint64_t before = s->objects->thread.goroutine.offset;

	for (size_t i = s->snapshot->goroutines.n; i < o->parties.n; i++)
		leave_out_struct(s, addr_minus(o->parties.items[i].at, before),
				 s->objects->thread.size);
}

static void leave_out_below_sp(struct searching *s)
{
	for (size_t i = 0; i < s->target->threads.n; i++) {
		addr_t sp = addr(s->target->threads.items[i].regs.value[DwRsp]);
		const struct mapping *m = target_mapping(s->target, sp);

		if (m)
			leave_out(s, m->low, addr_minus(sp, RedZone));
	}
}

static int compare(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->low.v < y->low.v ? -1 : x->low.v > y->low.v;
}

static void add_piece(struct searching *s, addr_t low, addr_t end)
{
	if (low.v < end.v)
		*ARRAY_PUSH(&s->pieces) = (struct piece){ low, end };
}

/* [LOW, END) without what is left out, from number *NEXT on. */
static void cut(struct searching *s, addr_t low, addr_t end, size_t *next)
{
	for (; *next < s->without.n; ++*next) {
		const struct piece *p = &s->without.items[*next];

		if (p->low.v >= end.v)
			break;
		add_piece(s, low, p->low);
		if (p->end.v > low.v)
			low = p->end;
		if (low.v >= end.v)
			return;
	}
	add_piece(s, low, end);
}

static void cut_memory(struct searching *s)
{
	size_t next = 0;

	leave_out_goroutines(s);
	leave_out_segments(s);
	leave_out_machines(s);
	leave_out_threads(s);
	leave_out_below_sp(s);
	if (s->without.n)
		qsort(s->without.items, s->without.n, sizeof(*s->without.items),
		      compare);
	for (size_t i = 0; i < s->target->mappings.n; i++) {
		const struct mapping *m = &s->target->mappings.items[i];

		if (m->writable)
			cut(s, m->low, m->end, &next);
	}
}

static void found_elsewhere(void *arg, uint32_t object, addr_t at)
{
	struct searching *s = arg;
	struct object *o = &s->snapshot->objects.objects.items[object];

	if (o->elsewhere++ == 0)
		o->elsewhere_at = at;
}

static void look(void *arg, addr_t at, const uint8_t *bytes, size_t n)
{
	struct searching *s = arg;

	sought_look(s->sought, at, bytes, n, found_elsewhere, s);
}

static void search_registers(struct searching *s)
{
	for (size_t i = 0; i < s->target->threads.n; i++)
		sought_look(
			s->sought, addr(0),
			(const uint8_t *)s->target->threads.items[i].regs.value,
			sizeof(s->target->threads.items[i].regs.value),
			found_elsewhere, s);
}

static uint64_t count_bytes(const struct searching *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->pieces.n; i++)
		n += addr_span(s->pieces.items[i].low, s->pieces.items[i].end);
	return n;
}

static void search_pieces(struct searching *s)
{
	SCOPE(memory) uint8_t *buf = array_new(PieceBytes, 1);
	const struct pieces p = {
		.target = s->target, .look = look, .arg = s, .buf = buf
	};

	for (size_t i = 0; i < s->pieces.n; i++)
		pieces_look(&p, s->pieces.items[i].low, s->pieces.items[i].end);
	search_registers(s);
}

void search_memory(struct target *t, const struct layout *l,
		   const struct objects_layout *o, struct snapshot *snapshot)
{
	SCOPE(sought)
	struct sought_objects *sought = sought_new(&snapshot->objects);
	struct searching s = { .target = t,
			       .layout = l,
			       .objects = o,
			       .snapshot = snapshot,
			       .sought = sought };

	if (sought->ranges.n == 0)
		return;
	cut_memory(&s);
	if (count_bytes(&s) > SearchMost)
		snapshot->objects.unsearched = count_bytes(&s);
	else
		search_pieces(&s);
	free(s.without.items);
	free(s.pieces.items);
}
