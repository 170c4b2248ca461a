/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "analyse/whatis.h"
#include "unwind/locate.h"

/* Add a finding. */
static void say(struct snapshot *s, const char *text)
{
	*ARRAY_PUSH(&s->objects.findings) = text;
}

#define SAY(s, ...) say(s, strings_format(&(s)->strings, __VA_ARGS__))

/* Whether AT lies in the SIZE bytes from LOW on. */
static bool is_in(addr_t at, addr_t low, uint64_t size)
{
	return addr_within(at, low, addr_plus(low, size));
}

/* "visit at tree.c:19" */
static const char *place(struct symbols *symbols, addr_t pc)
{
	struct snapshot *s = symbols->snapshot;
	uint32_t number = symbols_place(symbols, pc);
	const struct location *l =
		&s->locations.items[s->places.items[number].first];

	if (!l->file)
		return l->function;
	return strings_format(&s->strings, "%s at %s:%d", l->function, l->file,
			      l->line);
}

static void in_frame(struct unwinder *u, struct symbols *symbols,
		     const struct goroutine *g, addr_t at)
{
	struct snapshot *s = u->snapshot;
	struct located f;

	if (!unwind_locate(u, g, at, &f)) {
		SAY(s, "    in no frame: below all that are in use, or nothing "
		       "is known of them");
		return;
	}
	SAY(s, "    in the frame of %s, 0x%lx bytes above its sp, 0x%lx",
	    place(symbols, f.call ? addr_minus(f.pc, 1) : f.pc),
	    addr_span(f.sp, at), f.sp.v);
}

static void in_segment(struct unwinder *u, struct symbols *symbols,
		       const struct goroutine *g, size_t nth, addr_t at)
{
	struct snapshot *s = u->snapshot;
	const struct segment *segment =
		&s->segments.items[g->segments.first + nth];
	const uint64_t size = u->layout->segment.size;
	const bool inside = !field_there(u->layout->segment.end);

	SAY(s,
	    "goroutine %" PRId64 ": segment %zu of %u, 0x%lx-0x%lx, 0x%lx "
	    "bytes above its low end",
	    g->id, g->segments.n - nth, g->segments.n, segment->low.v,
	    segment->end.v, addr_span(segment->low, at));
	if (inside && is_in(at, addr_minus(segment->end, size), size))
		SAY(s, "    its %s, 0x%lx bytes into it",
		    u->layout->segment.type,
		    addr_span(addr_minus(segment->end, size), at));
	else
		in_frame(u, symbols, g, at);
}

static void in_goroutines(struct unwinder *u, struct symbols *symbols,
			  addr_t at)
{
	struct snapshot *s = u->snapshot;

	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		if (is_in(at, g->at, u->layout->goroutine.size))
			SAY(s,
			    "goroutine %" PRId64 ": its struct at 0x%lx, "
			    "0x%lx bytes into it",
			    g->id, g->at.v, addr_span(g->at, at));
		for (size_t k = 0; k < g->segments.n; k++) {
			const struct segment *segment =
				&s->segments.items[g->segments.first + k];

			if (addr_within(at, segment->low, segment->end))
				in_segment(u, symbols, g, k, at);
		}
	}
}

static void in_remains(struct unwinder *u, addr_t at)
{
	struct snapshot *s = u->snapshot;

	for (size_t i = 0; i < s->remains.n; i++) {
		const struct remains *r = &s->remains.items[i];

		if (r->ended && is_in(at, r->at, u->layout->goroutine.size))
			SAY(s,
			    "goroutine %" PRId64 ", which has ended: its "
			    "struct at 0x%lx, 0x%lx bytes into it",
			    r->goroutine, r->at.v, addr_span(r->at, at));
		if (addr_within(at, r->low, r->end))
			SAY(s,
			    "goroutine %" PRId64 "%s, 0x%lx-0x%lx, 0x%lx bytes "
			    "above its low end",
			    r->goroutine,
			    r->ended
				    ? ", which has ended: its segment"
				    : ": a segment that it has left, and keeps",
			    r->low.v, r->end.v, addr_span(r->low, at));
	}
}

static void in_machines(struct unwinder *u, addr_t at)
{
	struct snapshot *s = u->snapshot;

	for (size_t i = 0; i < s->machines.n; i++) {
		const struct machine *m = &s->machines.items[i];

		if (is_in(at, m->at, u->layout->machine.size))
			SAY(s,
			    "machine %" PRId64 ": its struct at 0x%lx, 0x%lx "
			    "bytes into it",
			    m->id, m->at.v, addr_span(m->at, at));
	}
}

static void in_objects(struct snapshot *s, addr_t at)
{
	for (size_t i = 0; i < s->objects.objects.n; i++) {
		const struct object *o = &s->objects.objects.items[i];

		if (o->kind != OBJECT_GOROUTINE && is_in(at, o->at, o->size))
			SAY(s, "%s 0x%lx: 0x%lx bytes into it", o->word,
			    o->at.v, addr_span(o->at, at));
	}
}

/* What is below a thread's stack pointer is nobody's. */
static void on_threads(struct unwinder *u, addr_t at)
{
	for (size_t i = 0; i < u->target->threads.n; i++) {
		const struct thread *t = &u->target->threads.items[i];
		addr_t sp = addr(t->regs.value[DwRsp]);
		const struct mapping *m = target_mapping(u->target, sp);

		if (m && addr_within(at, sp, m->end))
			SAY(u->snapshot,
			    "thread %" PRId32 ": its stack, 0x%lx bytes above "
			    "its sp, 0x%lx",
			    t->tid, addr_span(sp, at), sp.v);
	}
}

static void in_program(struct symbols *symbols, const struct mapping *m,
		       addr_t at)
{
	const char *variable = symbols_variable(symbols, at);

	if (variable)
		SAY(symbols->snapshot, "variable %s", variable);
	if (m->executable && !m->name)
		SAY(symbols->snapshot, "code of %s", place(symbols, at));
}

static void in_mapping(struct unwinder *u, const struct mapping *m)
{
	struct snapshot *s = u->snapshot;
	const char *name = m->name;

	if (m->file != NO_FILE)
		name = u->target->files.items[m->file].path;
	if (name)
		SAY(s, "mapping 0x%lx-0x%lx of %s", m->low.v, m->end.v,
		    strings_add_foreign(&s->strings, name, SIZE_MAX));
	else
		SAY(s, "mapping 0x%lx-0x%lx", m->low.v, m->end.v);
}

void whatis(struct unwinder *u, struct symbols *symbols, addr_t at)
{
	const struct mapping *m = target_mapping(u->target, at);

	in_goroutines(u, symbols, at);
	in_remains(u, at);
	in_machines(u, at);
	in_objects(u->snapshot, at);
	if (!m) {
		SAY(u->snapshot, "0x%lx is outside any mapping", at.v);
		return;
	}
	if (u->snapshot->objects.findings.n == 0)
		on_threads(u, at);
	in_program(symbols, m, at);
	in_mapping(u, m);
}
