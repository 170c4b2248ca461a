/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of a goroutine that is parked its struct has the newest segment, and all that
 * are behind it are in use: they are read a generation at a time, as in
 * segments.c, the structs first and then the frames. Of one that runs only its
 * oldest segment is known: it is followed from there, and where its thread
 * stands is the newest that is in use.
 */
#include <stdlib.h>

#include "model/chains.h"
#include "model/evaluate.h"

/* A segment to be read. */
struct link {
	uint32_t goroutine;
	uint32_t nth; /* newest 1 */
	addr_t at;    /* its struct */
	addr_t sp;    /* the lowest address in use; 0 unknown */
};

struct links {
	ARRAY(struct link);
};

/* What the struct of a segment tells. */
struct told {
	struct segment segment;
	addr_t next; /* the one before it in time */
	addr_t newer;
	addr_t boundary; /* the lowest address in use of NEXT */
};

static const char Outside[] = "is no struct of a segment: what it says is "
			      "outside any mapping";

static bool tell(struct segment_reader *r, addr_t at, const uint8_t *bytes,
		 struct told *ret)
{
	const struct layout *l = r->layout;
	struct target *t = r->target;
	const struct thing thing = { at, bytes };
	addr_t low = addr(value_of(t, thing, l->segment.low));
	addr_t end = addr(value_of(t, thing, l->segment.end));

	*ret = (struct told){
		.segment = {
			.low = low,
			.end = end,
			.grown_by = NOBODY,
		},
		.next = addr(value_of(t, thing, l->segment.next)),
		.newer = addr(value_of(t, thing, l->segment.newer)),
		.boundary = addr(value_of(t, thing, l->segment.boundary)),
	};
	if (!addr_null(ret->next) && !addr_null(ret->boundary))
		ret->segment.grown_by = NONE;
	return low.v < end.v && target_mapping(t, low)
	       && target_mapping(t, addr_minus(end, 1));
}

/* The frames from sp on that are wanted of a segment, or nothing. All of one
 * that is in use, it is not known from where. */
static struct range frames_of(struct segment_reader *r, const struct segment *s,
			      uint32_t nth)
{
	addr_t low = addr_null(s->sp) ? s->low : s->sp;
	struct range range = { .low = low, .size = addr_span(low, s->end) };

	if (!segments_want_frames(r, nth))
		return (struct range){ .low = low };
	if (r->extent == COLLECT_TOPS && !addr_null(s->sp)
	    && range.size > DirectMost)
		range.size = DirectMost;
	if (range.size > DirectMost && !segments_take_large(r, range.size))
		range.size = 0;
	return range;
}

/* What does not reach the end of the segment is left to the target. */
static void keep_copy(struct segment *s, const struct range *range)
{
	if (range->copy.size != addr_span(range->low, s->end))
		return;
	s->bytes = range->copy.data;
	s->nbytes = range->copy.size;
}

static void break_off(struct segment_reader *r, const struct link *l,
		      const char *what)
{
	segments_note(r, l->goroutine,
		      l->nth == 1 ? "its newest segment"
				  : "the segment older than segment 1",
		      l->at, what, "its segments are not known from there on");
}

/* Take what RANGE has of the struct. False: it is damaged. */
static bool take(struct segment_reader *r, const struct link *l,
		 const struct range *range, struct told *ret)
{
	const char *others;

	if (range->copy.size < r->layout->segment.size) {
		addr_t gone = addr_plus(range->low, range->copy.size);

		break_off(r, l,
			  strings_format(&r->snapshot->strings, "is %s",
					 target_absence(r->target, gone)));
		return false;
	}
	if (!tell(r, l->at, range->copy.data, ret)) {
		break_off(r, l, Outside);
		return false;
	}
	if (segments_met(r, l->at, l->goroutine))
		others = "was met before";
	else
		others = segments_owner(r, l->at, l->goroutine);
	if (others)
		break_off(r, l, others);
	return !others;
}

static void reserve_ranges(struct segment_reader *r, size_t n)
{
	r->ranges.items = array_reserve(r->ranges.items, &r->ranges.room, n,
					sizeof(*r->ranges.items));
	r->ranges.n = n;
}

/* Copy the structs of NOW. */
static void copy_structs(struct segment_reader *r, const struct links *now)
{
	reserve_ranges(r, now->n);
	for (size_t i = 0; i < now->n; i++)
		r->ranges.items[i] = (struct range){
			.low = now->items[i].at,
			.size = r->layout->segment.size,
		};
	target_copy(r->target, r->ranges.items, now->n);
}

/* Copy the frames of what was found from number FIRST on, whose place among
 * the newest is NTH. */
static void copy_frames(struct segment_reader *r, size_t first, uint32_t nth)
{
	size_t n = r->found.n - first;

	reserve_ranges(r, n);
	for (size_t i = 0; i < n; i++)
		r->ranges.items[i] =
			frames_of(r, &r->found.items[first + i].segment, nth);
	target_copy(r->target, r->ranges.items, n);
	for (size_t i = 0; i < n; i++)
		keep_copy(&r->found.items[first + i].segment,
			  &r->ranges.items[i]);
}

static void add_older(struct segment_reader *r, const struct link *l,
		      const struct told *told, struct links *older)
{
	if (addr_null(told->next))
		r->snapshot->goroutines.items[l->goroutine].whole = true;
	else
		*ARRAY_PUSH(older) = (struct link){
			.goroutine = l->goroutine,
			.nth = l->nth + 1,
			.at = told->next,
			.sp = told->boundary,
		};
}

/* Read a generation, and make the list of the next. */
static struct links read_generation(struct segment_reader *r,
				    const struct links *now)
{
	struct links older = { 0 };
	size_t first = r->found.n;

	copy_structs(r, now);
	for (size_t i = 0; i < now->n; i++) {
		const struct link *l = &now->items[i];
		struct told told;

		if (!take(r, l, &r->ranges.items[i], &told))
			continue;
		if (addr_within(l->sp, told.segment.low, told.segment.end))
			told.segment.sp = l->sp;
		*ARRAY_PUSH(&r->found) =
			(struct owned){ l->goroutine, told.segment };
		add_older(r, l, &told, &older);
	}
	copy_frames(r, first, now->items[0].nth);
	return older;
}

/*
 * Those that run
 */

struct chain {
	ARRAY(struct told);
};

/* From the oldest on, all that there are, in use or not. */
static void follow(struct segment_reader *r, uint32_t goroutine,
		   struct chain *ret)
{
	struct goroutine *g = &r->snapshot->goroutines.items[goroutine];
	struct link l = { .goroutine = goroutine, .nth = 1, .at = g->top };

	while (!addr_null(l.at)) {
		struct range range = { .low = l.at,
				       .size = r->layout->segment.size };
		struct told told;

		target_copy(r->target, &range, 1);
		if (!take(r, &l, &range, &told))
			return;
		*ARRAY_PUSH(ret) = told;
		l.at = told.newer;
	}
	g->whole = true;
}

/* The number of the segment that SP lies in; their number: in none. */
static size_t standing_in(const struct chain *c, addr_t sp)
{
	size_t i = 0;

	while (i < c->n
	       && !addr_within(sp, c->items[i].segment.low,
			       c->items[i].segment.end))
		i++;
	return i;
}

static void read_running(struct segment_reader *r, uint32_t goroutine)
{
	const struct goroutine *g = &r->snapshot->goroutines.items[goroutine];
	const struct thread *thread = target_thread(r->target, g->thread);
	struct chain c = { 0 };
	addr_t sp = thread ? addr(thread->regs.value[DwRsp]) : addr(0);
	size_t stands, first = r->found.n;

	follow(r, goroutine, &c);
	stands = standing_in(&c, sp);
	if (stands < c.n) {
		c.n = stands + 1;
		c.items[stands].segment.sp = sp;
	}
	for (size_t i = c.n; i-- > 0;) {
		struct segment *s = &c.items[i].segment;

		if (i < stands && stands < c.n
		    && addr_within(c.items[i + 1].boundary, s->low, s->end))
			s->sp = c.items[i + 1].boundary;
		*ARRAY_PUSH(&r->found) = (struct owned){ goroutine, *s };
	}
	copy_frames(r, first, 1);
	free(c.items);
}

void chains_read(struct segment_reader *r, size_t first, size_t end)
{
	const bool oldest = field_there(r->layout->goroutine.oldest);
	struct links now = { 0 };

	for (size_t i = first; i < end; i++) {
		const struct goroutine *g = &r->snapshot->goroutines.items[i];

		if (g->running && oldest)
			read_running(r, i);
		else
			*ARRAY_PUSH(&now) = (struct link){
				.goroutine = i,
				.nth = 1,
				.at = g->top,
				.sp = g->sp,
			};
	}
	while (now.n) {
		struct links older = read_generation(r, &now);

		free(now.items);
		now = older;
	}
	free(now.items);
}
