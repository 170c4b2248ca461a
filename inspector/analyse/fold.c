/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "analyse/analyse.h"
#include "util/scope.h"

static const struct frame *frames_of(const struct snapshot *s,
				     const struct span *frames)
{
	return s->frames.items + frames->first;
}

/* Whether it may be neither the user's nor the runtime's. */
static bool is_foreign(const struct frame *f)
{
	return f->in_library || f->signal;
}

/* How many frames the stack begins with that are the runtime's own, or of the
 * libraries that these called, or lead to a signal handler of the runtime's. A
 * library that a goroutine has as its function is the user's. */
static size_t own_at_top(const struct frame *frames, size_t n)
{
	size_t i, first = 0, own = 0;

	while (first < n && frames[first].own)
		first++;
	for (i = 0; i < n && (frames[i].own || is_foreign(&frames[i])); i++)
		if (frames[i].own || (frames[i].signal && own == i))
			own = i + 1;
	return i < n ? own : first;
}

/* Whether a segment ends between two frames. */
static bool seam_between(const struct frame *inner, const struct frame *outer)
{
	return inner->segment != NONE && outer->segment != NONE
	       && inner->segment != outer->segment;
}

/* A line for each function at the frame's place, from number FIRST on. */
static void add_lines(struct snapshot *s, const struct frame *f, uint32_t first)
{
	struct place place = s->places.items[f->place];

	for (uint32_t i = first; i < place.n; i++)
		*ARRAY_PUSH(&s->lines) = (struct line){
			.location = place.first + i,
			.frame = f - s->frames.items,
		};
}

/* A line for the frame's outermost function. */
static void add_outermost(struct snapshot *s, const struct frame *f)
{
	add_lines(s, f, s->places.items[f->place].n - 1);
}

/* Lines for the frames that WANTED does not leave out. A seam between frames
 * that are left out shows at the next that is not; LAST is the frame that was
 * told before these, or NULL. */
static void add_frames(struct snapshot *s, const struct frame *frames, size_t n,
		       const struct frame *last,
		       bool (*wanted)(const struct frame *))
{
	uint32_t omitted = 0;

	for (size_t i = 0; i < n; i++) {
		const struct frame *f = &frames[i];
		size_t first = s->lines.n;

		omitted += f->omitted;
		if (!wanted(f))
			continue;
		add_lines(s, f, 0);
		s->lines.items[first].omitted = omitted;
		s->lines.items[first].seam =
			!omitted && last && seam_between(last, f);
		omitted = 0;
		last = f;
	}
}

static bool is_users(const struct frame *f)
{
	return !f->own;
}

static bool is_any(const struct frame *f)
{
	(void)f;
	return true;
}

/* The innermost location of the goroutine's function. */
static uint32_t entry_location(struct symbols *symbols,
			       const struct goroutine *g)
{
	uint32_t place =
		symbols_place(symbols, origin_of(symbols->snapshot, g)->entry);

	return symbols->snapshot->places.items[place].first;
}

/* Whether the last line is of the function at LOCATION. */
static bool is_told(const struct snapshot *s, size_t first, uint32_t location)
{
	const struct location *l = s->locations.items;

	return s->lines.n > first
	       && strcmp(l[s->lines.items[s->lines.n - 1].location].function,
			 l[location].function)
			  == 0;
}

/* A goroutine that has not yet entered its function, or has left it: below what
 * is told of it from line FIRST on, unless that is its function, the runtime's
 * own. */
static void add_entry(struct symbols *symbols, const struct goroutine *g,
		      size_t first)
{
	uint32_t location = entry_location(symbols, g);

	if (is_told(symbols->snapshot, first, location))
		return;
	*ARRAY_PUSH(&symbols->snapshot->lines) = (struct line){
		.location = location,
		.frame = NONE,
		.entry = true,
	};
}

/* The innermost frame that is certainly the user's; N: there is none. */
static size_t first_of_user(const struct frame *frames, size_t n)
{
	size_t i = 0;

	while (i < n && (frames[i].own || is_foreign(&frames[i])))
		i++;
	return i;
}

static bool has_users(const struct frame *frames, size_t n)
{
	return first_of_user(frames, n) < n;
}

/* Whether the user's frames are in segments that are not known. */
static bool segments_unknown(const struct frame *frames, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (frames[i].segment != NONE)
			return false;
	return has_users(frames, n);
}

/* The function of the runtime that the user called, or a signal that
 * interrupted it: the outermost of the OWN frames, seams apart. NULL where it
 * is not on the goroutine's stack: a stack that is being grown begins with
 * nothing that the user called. */
static const struct frame *called_by_user(const struct frame *frames, size_t n,
					  size_t own)
{
	while (own && frames[own - 1].seam)
		own--;
	if (own
	    && (frames[own - 1].segment != NONE || frames[own - 1].signal
		|| segments_unknown(frames, n)))
		return &frames[own - 1];
	return NULL;
}

/* That function, and the user's. */
static void add_folded(struct snapshot *s, const struct frame *frames, size_t n,
		       size_t own)
{
	const struct frame *called = called_by_user(frames, n, own);

	if (called)
		add_outermost(s, called);
	add_frames(s, frames + own, n - own, called, is_users);
}

/* The lines from number FIRST on. */
static struct span lines_from(const struct snapshot *s, size_t first)
{
	return (struct span){ first, s->lines.n - first };
}

/* Where the user's frames are folded to lines: by the first frame of a stack,
 * of which goroutines that have the same share the lines. */
struct folded {
	struct map index;
	struct {
		ARRAY(struct span);
	} all;
};

static void folded_scope(struct folded *f)
{
	map_free(&f->index);
	free(f->all.items);
}

/* NULL: not there yet. An empty stack never is. */
static const struct span *folded_get(const struct folded *f,
				     const struct goroutine *g)
{
	const uint32_t *known = map_get(&f->index, g->frames.first);

	return known && g->frames.n ? &f->all.items[*known] : NULL;
}

static struct span folded_put(struct folded *f, const struct goroutine *g,
			      struct span lines)
{
	if (g->frames.n && map_put(&f->index, g->frames.first, f->all.n))
		*ARRAY_PUSH(&f->all) = lines;
	return lines;
}

/* The function of the runtime that a goroutine's function has left for, without
 * a frame of its own: the last but where each begins, if it switches nothing.
 */
static void add_left_for(struct snapshot *s, const struct goroutine *g)
{
	const struct frame *frames = frames_of(s, &g->frames);
	size_t n = g->frames.n;
	const struct frame *f = n > 1 ? &frames[n - 2] : NULL;

	if (f && f->own && !f->seam && f->segment != NONE)
		add_outermost(s, f);
}

/* The lines of a stack where no user's frame is. */
static struct span fold_own(struct symbols *symbols, const struct goroutine *g)
{
	struct snapshot *s = symbols->snapshot;
	size_t first = s->lines.n;

	if (g->stop) {
		add_frames(s, frames_of(s, &g->frames), g->frames.n, NULL,
			   is_any);
	} else {
		add_left_for(s, g);
		add_entry(symbols, g, first);
	}
	return lines_from(s, first);
}

/* The lines of a stack that no other goroutine had yet. */
static struct span fold_stack(struct symbols *symbols,
			      const struct goroutine *g, struct folded *folded)
{
	struct snapshot *s = symbols->snapshot;
	const struct frame *frames = frames_of(s, &g->frames);
	size_t own = own_at_top(frames, g->frames.n);
	size_t first = s->lines.n;

	if (own == g->frames.n)
		return fold_own(symbols, g);
	add_folded(s, frames, g->frames.n, own);
	return folded_put(folded, g, lines_from(s, first));
}

void fold_stacks(struct symbols *symbols)
{
	struct snapshot *s = symbols->snapshot;
	SCOPE(folded) struct folded folded = { 0 };

	for (size_t i = 0; i < s->goroutines.n; i++) {
		struct goroutine *g = &s->goroutines.items[i];
		const struct span *known = folded_get(&folded, g);

		g->lines = known ? *known : fold_stack(symbols, g, &folded);
	}
}

static struct span all_frames(struct snapshot *s, const struct span *frames)
{
	size_t first = s->lines.n;

	add_frames(s, frames_of(s, frames), frames->n, NULL, is_any);
	return lines_from(s, first);
}

void list_frames(struct snapshot *s)
{
	SCOPE(folded) struct folded listed = { 0 };

	for (size_t i = 0; i < s->goroutines.n; i++) {
		struct goroutine *g = &s->goroutines.items[i];

		const struct span *known = folded_get(&listed, g);

		g->lines = known ? *known
				 : folded_put(&listed, g,
					      all_frames(s, &g->frames));
	}
}

void list_thread_frames(struct snapshot *s)
{
	for (size_t i = 0; i < s->threads.n; i++) {
		struct thread_stack *t = &s->threads.items[i];

		t->lines = all_frames(s, &t->frames);
	}
}

/* The innermost of the user's, or of the program's where that is a library's,
 * as to abort; in its function where there is none, which is known only of a
 * whole stack. */
static uint32_t where(struct symbols *symbols, const struct goroutine *g)
{
	struct snapshot *s = symbols->snapshot;
	const struct frame *frames = frames_of(s, &g->frames);
	size_t at = own_at_top(frames, g->frames.n);
	size_t users = first_of_user(frames, g->frames.n);

	if (g->stop && users == g->frames.n)
		return NONE;
	if (at == 0 && users < g->frames.n)
		at = users;
	if (at == g->frames.n)
		return entry_location(symbols, g);
	return s->places.items[frames[at].place].first;
}

void locate_goroutines(struct symbols *symbols)
{
	struct snapshot *s = symbols->snapshot;

	for (size_t i = 0; i < s->goroutines.n; i++) {
		struct goroutine *g = &s->goroutines.items[i];

		g->where = where(symbols, g);
	}
}
