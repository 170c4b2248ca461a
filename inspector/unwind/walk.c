/* SPDX-License-Identifier: BSD-2-Clause */
#include "unwind/step.h"

/* More frames than anybody reads. Of what is beyond, only the outermost are
 * kept. */
enum { FramesMost = 1000000, OutermostKept = 1000 };

/* Of a thread that is not yet on the goroutine that it runs. */
enum { ForeignMost = 1000 };

static struct frame make_frame(const struct walk *w)
{
	const struct layout *l = w->unwinder->layout;

	return (struct frame){
		.pc = addr(w->regs.value[DwRip]),
		.sp = addr(w->regs.value[DwRsp]),
		.segment = w->segment,
		.place = NONE,
		.kind = w->kind,
		.source = w->source,
		.own = layout_own_code(l, walk_lookup(w)),
		.library = layout_library_code(l, walk_lookup(w)),
		.seam = layout_seam_code(l, walk_lookup(w)),
	};
}

static void push_frame(struct walk *w)
{
	*ARRAY_PUSH(&w->unwinder->snapshot->frames) = make_frame(w);
}

static bool has_user_code(const struct snapshot *s, size_t first)
{
	for (size_t i = first; i < s->frames.n; i++)
		if (!s->frames.items[i].own && !s->frames.items[i].library)
			return true;
	return false;
}

/* Whether the frames from FIRST on suffice. */
static bool enough(const struct walk *w, size_t first,
		   enum unwind_extent extent)
{
	if (extent == UNWIND_ALL || w->segment == NONE)
		return false;
	return extent == UNWIND_TO_OWN_STACK
	       || has_user_code(w->unwinder->snapshot, first);
}

/* The outermost of the frames from where W stands on. It stands in segments,
 * which end. */
static void walk_to_end(struct walk *w)
{
	struct frame kept[OutermostKept];
	uint32_t n = 0, omitted = 0, oldest;

	do {
		struct frame *f = &kept[n % OutermostKept];

		omitted += n++ >= OutermostKept && !f->own;
		*f = make_frame(w);
	} while (walk_step(w));
	oldest = n > OutermostKept ? n - OutermostKept : 0;
	kept[oldest % OutermostKept].omitted = omitted;
	for (uint32_t i = oldest; i < n; i++)
		*ARRAY_PUSH(&w->unwinder->snapshot->frames) =
			kept[i % OutermostKept];
}

/* The frames from where W stands on. */
static void walk_up(struct walk *w, enum unwind_extent extent)
{
	size_t first = w->unwinder->snapshot->frames.n;

	push_frame(w);
	for (size_t n = 1; !enough(w, first, extent) && walk_step(w); n++) {
		if (n == FramesMost && w->segment != NONE)
			return walk_to_end(w);
		if (n == FramesMost) {
			w->stop = "too many frames";
			return;
		}
		push_frame(w);
	}
}

static void start(struct walk *w, const struct regs *regs)
{
	w->regs = *regs;
	w->kind = FRAME_ACTIVATION;
	w->source = SOURCE_REGISTERS;
	w->segment = walk_segment(w, 0, addr(regs->value[DwRsp]));
	w->stop = NULL;
}

static void walk_saved(struct walk *w, const struct goroutine *g,
		       enum unwind_extent extent)
{
	struct regs saved = { .known = 0 };

	regs_set(&saved, DwRsp, g->sp.v);
	regs_set(&saved, DwRip, g->pc.v);
	start(w, &saved);
	if (w->segment == 0)
		walk_up(w, extent);
	else
		w->stop = strings_format(&w->unwinder->snapshot->strings,
					 "its saved sp, 0x%lx, is not in its "
					 "newest segment",
					 g->sp.v);
}

/* From the thread's own or a signal's stack to the goroutine's. False: it is
 * on no goroutine; its frames are taken back. */
static bool walk_to_segments(struct walk *w)
{
	struct snapshot *s = w->unwinder->snapshot;
	size_t first = s->frames.n;

	for (size_t n = 0; w->segment == NONE; n++) {
		push_frame(w);
		if (n == ForeignMost)
			w->stop = "too many frames outside its segments";
		if (w->stop || !walk_step(w))
			break;
	}
	if (w->segment != NONE || w->stop)
		return true;
	s->frames.n = first;
	return false;
}

static void walk_running(struct walk *w, const struct goroutine *g,
			 enum unwind_extent extent)
{
	const struct thread *thread =
		target_thread(w->unwinder->target, g->thread);

	if (!thread) {
		w->stop = strings_format(&w->unwinder->snapshot->strings,
					 "the registers of its thread %d are "
					 "not known",
					 g->thread);
		return;
	}
	start(w, &thread->regs);
	if (!walk_to_segments(w))
		walk_saved(w, g, extent);
	else if (!w->stop)
		walk_up(w, extent);
}

/* Where the stack of a running goroutine ends in its newest segment is known
 * only now. Segments newer than the one that it is on are empty. */
static void fill_sp(struct snapshot *s, const struct goroutine *g)
{
	struct segment *segments = s->segments.items + g->segments.first;
	const struct frame *frames = s->frames.items + g->frames.first;

	for (size_t i = 0; i < g->frames.n; i++) {
		uint32_t on = frames[i].segment;

		if (on == NONE)
			continue;
		for (uint32_t k = 0; k < on; k++)
			segments[k].sp = segments[k].end;
		segments[on].sp = frames[i].sp;
		return;
	}
}

static void unwind_goroutine(struct unwinder *u, struct goroutine *g,
			     enum unwind_extent extent)
{
	struct snapshot *s = u->snapshot;
	struct walk w = {
		.unwinder = u,
		.segments = s->segments.items + g->segments.first,
		.nsegments = g->segments.n,
		.segment = NONE,
	};

	g->frames.first = s->frames.n;
	if (g->segments.n == 0)
		w.stop = "its segments cannot be read";
	else if (g->running && g->thread)
		walk_running(&w, g, extent);
	else
		walk_saved(&w, g, extent);
	g->frames.n = s->frames.n - g->frames.first;
	g->stop = w.stop;
	if (g->running)
		fill_sp(s, g);
}

void unwind_goroutines(struct unwinder *u, enum unwind_extent extent)
{
	for (size_t i = 0; i < u->snapshot->goroutines.n; i++)
		unwind_goroutine(u, &u->snapshot->goroutines.items[i], extent);
}

static const struct machine *machine_of(const struct snapshot *s, int32_t tid)
{
	for (size_t i = 0; i < s->machines.n; i++)
		if (s->machines.items[i].thread == tid)
			return &s->machines.items[i];
	return NULL;
}

/* The goroutine that runs on the thread, whose frames are told there; or 0. */
static int64_t goroutine_on(const struct snapshot *s, int32_t tid)
{
	for (size_t i = 0; i < s->goroutines.n; i++)
		if (s->goroutines.items[i].running
		    && s->goroutines.items[i].thread == tid)
			return s->goroutines.items[i].id;
	return 0;
}

static void unwind_thread(struct unwinder *u, const struct thread *thread)
{
	struct snapshot *s = u->snapshot;
	const struct machine *m = machine_of(s, thread->tid);
	struct walk w = { .unwinder = u };
	struct thread_stack t = {
		.thread = thread->tid,
		.machine = m ? m->id : -1,
		.goroutine = goroutine_on(s, thread->tid),
		.frames = { s->frames.n, 0 },
	};

	start(&w, &thread->regs);
	if (t.goroutine == 0)
		walk_up(&w, UNWIND_ALL);
	t.frames.n = s->frames.n - t.frames.first;
	t.stop = w.stop;
	*ARRAY_PUSH(&s->threads) = t;
}

void unwind_threads(struct unwinder *u)
{
	for (size_t i = 0; i < u->target->threads.n; i++)
		unwind_thread(u, &u->target->threads.items[i]);
}
