/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The segments of goroutines, a chunk of them and a generation at a time: first
 * everybody's newest, then the next older of those that have one, so that each
 * generation is read with few system calls, in a few pages of ours. The
 * segment's descriptor lies at its end, behind the frames, and comes with them
 * in one piece.
 */
#include <stdlib.h>
#include <string.h>

#include "model/chains.h"
#include "model/segments.h"
#include "util/scope.h"

/*
 * A segment to be read: whose it is, where its descriptor lies, its low end if
 * that is known, and the lowest address in use. Of a goroutine that runs, but
 * whose thread is not on its newest segment, nothing is certain: it may be just
 * now that a segment is linked or unlinked, and which part of which segment is
 * in use is found when it is unwound. So all of each is read, and what its
 * descriptor says of itself is believed.
 */
struct pending {
	uint32_t goroutine;
	uint32_t nth; /* newest 1 */
	addr_t top;
	addr_t low; /* as its goroutine has it; 0 unknown */
	addr_t sp;  /* 0 unknown */
	bool unsure;
};

/* What is wrong with a descriptor that says it; both are told in gdb too. */
static const char BadSize[] = "does not end the segment that it describes";
static const char BadLow[] = "has another low end than its goroutine";

/* Of a segment whose end is not known. */
enum { KeptMost = 64 << 10 };

/* So many descriptors ahead of the one that is looked at are asked for. */
enum { Ahead = 8 };

struct generation {
	ARRAY(struct pending);
};

void segments_note(struct segment_reader *r, uint32_t goroutine,
		   const char *which, addr_t at, const char *what,
		   const char *then)
{
	struct goroutine *g = &r->snapshot->goroutines.items[goroutine];

	g->damaged = true;
	snapshot_note(r->snapshot, "goroutine %ld: %s: %s at 0x%lx %s; %s",
		      g->id, which, r->layout->segment.type, at.v, what, then);
}

/* Segments are numbered from the oldest that is found, which is 1: the one
 * that led to this one. WHAT is wrong, and THEN. */
static void note(struct segment_reader *r, const struct pending *p,
		 const char *what, const char *then)
{
	segments_note(r, p->goroutine,
		      p->nth == 1 ? "its newest segment"
				  : "the segment older than segment 1",
		      p->top, what, then);
}

static addr_t end_of(const struct segment_reader *r, const struct pending *p)
{
	return addr_plus(p->top, r->layout->segment.size);
}

/* Whether more than the descriptor is wanted. */
static bool wants_frames(const struct segment_reader *r,
			 const struct pending *p)
{
	return segments_want_frames(r, p->nth);
}

/* Where a chain is broken off: the frames that lie there CFI may find all the
 * same. */
static void keep_frames(struct segment_reader *r, const struct pending *p)
{
	SCOPE(memory) uint8_t *buf = NULL;

	if (addr_null(p->sp) || !wants_frames(r, p)
	    || !segments_take_large(r, KeptMost))
		return;
	buf = array_new(KeptMost, 1);
	target_read_some(r->target, p->sp, buf, KeptMost);
}

/* The chain ends here. */
static void break_off(struct segment_reader *r, const struct pending *p,
		      const char *what)
{
	note(r, p, what, "its segments are not known from there on");
	keep_frames(r, p);
}

/* Where the first copy begins: at sp, if that can be. */
static addr_t copy_from(const struct segment_reader *r, const struct pending *p)
{
	bool inside = addr_within(p->sp, p->low, addr_plus(p->top, 1));

	if (!inside || p->unsure || !wants_frames(r, p)
	    || addr_span(p->sp, p->top) > DirectMost)
		return p->top;
	return p->sp;
}

/* Why it cannot be the one that P's newer segment was entered from: what was in
 * use then lies elsewhere; NULL: it can be. Of one that runs the newest may be
 * linked just now. */
static const char *other_chain(const struct segment_reader *r,
			       const struct pending *p, addr_t low)
{
	bool new = r->snapshot->goroutines.items[p->goroutine].running
		   && p->nth == 2;

	if (p->nth == 1 || new || addr_null(p->sp)
	    || addr_within(p->sp, low, p->top))
		return NULL;
	return strings_format(&r->snapshot->strings,
			      "does not hold 0x%lx, where it was left",
			      p->sp.v);
}

/* Of two low ends the higher that has room for what is in use; 0: none. */
static addr_t low_with_room(const struct pending *p, addr_t a, addr_t b)
{
	addr_t higher = a.v > b.v ? a : b, lower = a.v > b.v ? b : a;

	if (addr_within(p->sp, higher, p->top))
		return higher;
	return addr_within(p->sp, lower, p->top) ? lower : addr(0);
}

/*
 * Where the segment begins; 0: who knows. Its descriptor says so twice, by an
 * address and by a size, and of the newest its goroutine does: if these differ,
 * what two of them say is so. *WRONG: what is wrong, or NULL.
 */
static addr_t find_low(const struct segment_reader *r, const struct pending *p,
		       const uint8_t *descriptor, const char **wrong)
{
	const struct layout *l = r->layout;
	addr_t low = addr(layout_get(descriptor, l->segment.low));
	uint64_t bytes = layout_get(descriptor, l->segment.bytes);
	addr_t counted = addr_minus(end_of(r, p), bytes);

	*wrong = NULL;
	if (addr_eq(low, counted) && !addr_null(low)) {
		if (!addr_null(p->low) && !addr_eq(low, p->low)
		    && !r->snapshot->goroutines.items[p->goroutine].running)
			*wrong = BadLow;
		return low;
	}
	*wrong = BadSize;
	if (!addr_null(p->low)
	    && (addr_eq(low, p->low) || addr_eq(counted, p->low)))
		return p->low;
	return low_with_room(p, low, counted);
}

static struct segment make_segment(const struct segment_reader *r,
				   const struct pending *p, addr_t low,
				   const struct range *range,
				   const uint8_t *descriptor)
{
	addr_t end = end_of(r, p);
	uint64_t boundary = layout_get(descriptor, r->layout->segment.boundary);

	return (struct segment){
		.low = low,
		.end = end,
		.sp = addr_within(p->sp, low, end) ? p->sp : addr(0),
		.grown_by = boundary ? NONE : NOBODY,
		.bytes = range->copy.data,
		.nbytes = range->copy.size,
	};
}

/* The segment before this one in time. */
static void add_older(const struct segment_reader *r, const struct pending *p,
		      const uint8_t *descriptor, struct generation *older)
{
	const struct layout *l = r->layout;
	addr_t top = addr(layout_get(descriptor, l->segment.next));

	if (addr_null(top)) {
		r->snapshot->goroutines.items[p->goroutine].whole = true;
		return;
	}
	*ARRAY_PUSH(older) = (struct pending){
		.goroutine = p->goroutine,
		.nth = p->nth + 1,
		.top = top,
		.sp = addr(layout_get(descriptor, l->segment.boundary)),
	};
}

/* All of RANGE was copied, with the descriptor at its end. */
static bool complete(const struct segment_reader *r, const struct pending *p,
		     const struct range *range)
{
	return range->copy.size >= r->layout->segment.size
	       && range->copy.size == addr_span(range->low, end_of(r, p));
}

static const uint8_t *descriptor_in(const struct segment_reader *r,
				    const struct range *range)
{
	return range->copy.data + range->copy.size - r->layout->segment.size;
}

/* Read the descriptor alone. False if it is not there. */
static bool copy_descriptor(struct segment_reader *r, const struct pending *p,
			    struct range *ret)
{
	*ret = (struct range){ .low = p->top, .size = r->layout->segment.size };
	target_copy(r->target, ret, 1);
	return complete(r, p, ret);
}

/* What is wanted of the segment, which begins at LOW; RANGE is what there is.
 */
static void copy_rest(struct segment_reader *r, const struct pending *p,
		      addr_t low, struct range *range)
{
	struct range rest = { .low = p->unsure ? low : p->sp };

	if (!wants_frames(r, p) || !addr_within(rest.low, low, range->low))
		return;
	rest.size = addr_span(rest.low, end_of(r, p));
	if (r->extent == COLLECT_TOPS && !p->unsure && rest.size > DirectMost)
		rest.size = DirectMost;
	if (!segments_take_large(r, rest.size))
		return;
	target_copy(r->target, &rest, 1);
	if (rest.copy.size)
		*range = rest;
}

/* A segment that begins at LOW, of which there is RANGE. */
static void add_segment(struct segment_reader *r, const struct pending *p,
			addr_t low, struct range *range,
			struct generation *older)
{
	const uint8_t *descriptor = descriptor_in(r, range);

	copy_rest(r, p, low, range);
	*ARRAY_PUSH(&r->found) =
		(struct owned){ p->goroutine,
				make_segment(r, p, low, range, descriptor) };
	add_older(r, p, descriptor, older);
}

/* LOW was taken for the low end, although something is wrong. */
static void note_low(struct segment_reader *r, const struct pending *p,
		     const char *wrong, addr_t low)
{
	note(r, p, wrong,
	     strings_format(&r->snapshot->strings,
			    "0x%lx is taken for its low end", low.v));
}

/* Whether there is all of the descriptor; or why not. */
static bool has_descriptor(struct segment_reader *r, const struct pending *p,
			   struct range *range)
{
	addr_t gone;

	if (complete(r, p, range) || copy_descriptor(r, p, range))
		return true;
	gone = addr_plus(range->low, range->copy.size);
	break_off(r, p,
		  strings_format(&r->snapshot->strings, "is %s",
				 target_absence(r->target, gone)));
	return false;
}

static void take(struct segment_reader *r, const struct pending *p,
		 struct range *range, struct generation *older)
{
	const char *wrong, *others;
	addr_t low;

	if (!has_descriptor(r, p, range))
		return;
	low = find_low(r, p, descriptor_in(r, range), &wrong);
	if (addr_null(low)) {
		break_off(r, p, wrong);
	} else if (!target_mapping(r->target, low)) {
		break_off(r, p, "has a low end outside any mapping");
	} else if (segments_met(r, p->top, p->goroutine)) {
		break_off(r, p, "was met before");
	} else if ((others = other_chain(r, p, low))
		   || (others = segments_owner(r, p->top, p->goroutine))) {
		break_off(r, p, others);
	} else {
		if (wrong)
			note_low(r, p, wrong, low);
		add_segment(r, p, low, range, older);
	}
}

static void fill_ranges(struct segment_reader *r, const struct generation *now)
{
	r->ranges.items = array_reserve(r->ranges.items, &r->ranges.room,
					now->n, sizeof(*r->ranges.items));
	r->ranges.n = now->n;
	for (size_t i = 0; i < now->n; i++) {
		const struct pending *p = &now->items[i];
		addr_t low = copy_from(r, p);

		r->ranges.items[i] = (struct range){
			.low = low,
			.size = addr_span(low, end_of(r, p)),
		};
	}
}

/* What take() will look at. */
static void ask_for(const struct segment_reader *r,
		    const struct generation *now, size_t i)
{
	const struct range *range = &r->ranges.items[i];

	map_ask(&r->met, now->items[i].top.v);
	if (range->copy.size >= r->layout->segment.size)
		__builtin_prefetch(descriptor_in(r, range));
}

/* Read a generation, and make the list of the next. */
static struct generation read_generation(struct segment_reader *r,
					 const struct generation *now)
{
	struct generation older = { 0 };

	fill_ranges(r, now);
	target_copy(r->target, r->ranges.items, now->n);
	for (size_t i = 0; i < now->n; i++) {
		if (i + Ahead < now->n)
			ask_for(r, now, i + Ahead);
		take(r, &now->items[i], &r->ranges.items[i], &older);
	}
	return older;
}

/* The stack pointer of a goroutine that runs, if its thread is on it. */
static addr_t live_sp(const struct target *t, const struct goroutine *g)
{
	const struct thread *thread = target_thread(t, g->thread);
	addr_t sp;

	if (!thread)
		return addr(0);
	sp = addr(thread->regs.value[DwRsp]);
	return addr_within(sp, g->low, g->top) ? sp : addr(0);
}

static struct pending newest_of(const struct segment_reader *r, uint32_t i)
{
	const struct goroutine *g = &r->snapshot->goroutines.items[i];
	addr_t sp = g->running ? live_sp(r->target, g) : g->sp;

	return (struct pending){
		.goroutine = i,
		.nth = 1,
		.top = g->top,
		.low = g->low,
		.sp = sp,
		.unsure = g->running && addr_null(sp),
	};
}

static struct generation newest(const struct segment_reader *r, size_t first,
				size_t end)
{
	struct generation all = { 0 };

	for (size_t i = first; i < end; i++)
		*ARRAY_PUSH(&all) = newest_of(r, i);
	return all;
}

/* Where the runtime does not count its bytes. */
static void count_bytes(const struct segment_reader *r, struct goroutine *g)
{
	const struct snapshot *s = r->snapshot;
	const struct segment *own = s->segments.items + g->segments.first;

	if (field_there(r->layout->goroutine.bytes))
		return;
	g->bytes = 0;
	for (size_t i = 0; i < g->segments.n; i++)
		g->bytes += addr_span(own[i].low, own[i].end);
}

/* What was found of the goroutines [FIRST, END), in generations, goes to them:
 * a counting sort that keeps newest first. */
static void distribute(struct segment_reader *r, size_t first, size_t end)
{
	struct snapshot *s = r->snapshot;
	struct goroutine *g = s->goroutines.items;
	size_t next = s->segments.n;

	for (size_t i = 0; i < r->found.n; i++)
		g[r->found.items[i].goroutine].segments.n++;
	for (size_t i = first; i < end; i++) {
		g[i].segments.first = next;
		next += g[i].segments.n;
		g[i].segments.n = 0;
	}
	s->segments.items = array_reserve(s->segments.items, &s->segments.room,
					  next + 1, sizeof(*s->segments.items));
	s->segments.n = next;
	for (size_t i = 0; i < r->found.n; i++) {
		struct owned *o = &r->found.items[i];
		struct span *own = &g[o->goroutine].segments;

		s->segments.items[own->first + own->n++] = o->segment;
	}
	for (size_t i = first; i < end; i++)
		count_bytes(r, &g[i]);
	r->found.n = 0;
}

void segments_read_chunk(struct segment_reader *r, size_t first, size_t end)
{
	struct generation now = { 0 };

	if (field_there(r->layout->segment.end))
		chains_read(r, first, end);
	else
		now = newest(r, first, end);
	while (now.n) {
		struct generation older = read_generation(r, &now);

		free(now.items);
		now = older;
	}
	free(now.items);
	distribute(r, first, end);
}

void segments_free(struct segment_reader *r)
{
	free(r->found.items);
	free(r->ranges.items);
	map_free(&r->met);
}
