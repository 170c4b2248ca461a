/* SPDX-License-Identifier: BSD-2-Clause */
#include "unwind/replay.h"
#include "unwind/step.h"

/* More frames than anybody reads. Of what is beyond, only the outermost are
 * kept. */
enum { FramesMost = 1000000, OutermostKept = 1000 };

/* Of a thread that is not yet on the goroutine that it runs; and where its
 * segments are not known. */
enum { ForeignMost = 1000 };
static const char TooManyStrays[] = "too many frames outside its segments";

static struct frame make_frame(const struct walk *w)
{
	return (struct frame){
		.pc = addr(w->regs.value[DwRip]),
		.segment = w->segment,
		.place = NONE,
		.kind = w->kind,
		.source = w->source,
		.own = w->site.own,
		.in_library = w->site.in_library,
		.seam = w->site.seam,
		.signal = w->site.signal,
	};
}

/* Of more frames registers are not kept. */
enum { RecordedMost = 10000 };

static void push_frame(struct walk *w)
{
	struct frame_registers *record = w->unwinder->record;

	if (record && record->n < RecordedMost)
		*ARRAY_PUSH(record) = w->regs;
	*ARRAY_PUSH(&w->unwinder->snapshot->frames) = make_frame(w);
}

/* Whether the frames up to the one where W stands suffice. */
static bool enough(const struct walk *w, enum unwind_extent extent)
{
	if (extent == UNWIND_ALL || (w->segment == NONE && !w->lost))
		return false;
	return extent == UNWIND_TO_OWN_STACK
	       || (!w->site.own && !w->site.in_library && !w->site.signal);
}

/* Whether W may go on from where it stands: segments end, what is outside of
 * them need not. */
static bool may_go_on(struct walk *w)
{
	if (w->segment != NONE || !w->lost || w->strays++ < ForeignMost)
		return true;
	w->stop = TooManyStrays;
	return false;
}

/* The outermost of the frames from where W stands on, which is in segments. */
static void walk_to_end(struct walk *w)
{
	struct frame kept[OutermostKept];
	uint32_t n = 0, omitted = 0, oldest;

	do {
		struct frame *f = &kept[n % OutermostKept];

		omitted += n++ >= OutermostKept && !f->own;
		*f = make_frame(w);
	} while (walk_step(w) && may_go_on(w));
	oldest = n > OutermostKept ? n - OutermostKept : 0;
	kept[oldest % OutermostKept].omitted = omitted;
	for (uint32_t i = oldest; i < n; i++)
		*ARRAY_PUSH(&w->unwinder->snapshot->frames) =
			kept[i % OutermostKept];
}

/* The frames from where W stands on. */
static void walk_up(struct walk *w, enum unwind_extent extent)
{
	w->entered = w->segment;
	w->entered_at = addr(w->regs.value[DwRsp]);
	push_frame(w);
	for (size_t n = 1; !enough(w, extent) && walk_step(w); n++) {
		if (!may_go_on(w))
			return;
		if (n == FramesMost && w->segment != NONE)
			return walk_to_end(w);
		if (n == FramesMost) {
			w->stop = "too many frames";
			return;
		}
		push_frame(w);
	}
}

/* Whether W stands where a goroutine can have been left: on its newest segment;
 * some that run have newer ones that are not in use. */
static bool stands_on_top(const struct walk *w, const struct goroutine *g)
{
	if (w->segment == NONE)
		return w->lost && w->nsegments == 0;
	return w->segment == 0
	       || (g->running
		   && field_there(w->unwinder->layout->goroutine.oldest));
}

static void walk_saved(struct walk *w, const struct goroutine *g,
		       enum unwind_extent extent)
{
	struct regs saved = unwind_saved(w->unwinder, g);
	addr_t pc = addr(saved.value[DwRip]);

	walk_start(w, &saved);
	if (!w->site.row && !walk_is_code(w, pc))
		w->stop = strings_format(&w->unwinder->snapshot->strings,
					 "its saved pc, 0x%lx, is not code",
					 pc.v);
	else if (stands_on_top(w, g))
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
			w->stop = TooManyStrays;
		if (w->stop || !walk_step(w))
			break;
	}
	if (w->segment != NONE || w->stop)
		return true;
	s->frames.n = first;
	if (w->unwinder->record)
		w->unwinder->record->n = 0;
	return false;
}

/* What it saved when it ran last is not where it is. */
static const char *unknown_thread(const struct walk *w,
				  const struct goroutine *g)
{
	return strings_format(&w->unwinder->snapshot->strings,
			      "it runs, and which thread it runs on is not "
			      "known: the program's own number for that is %d",
			      g->thread);
}

static void walk_running(struct walk *w, const struct goroutine *g,
			 enum unwind_extent extent)
{
	const struct thread *thread =
		target_thread(w->unwinder->target, g->thread);

	if (!thread) {
		w->stop = unknown_thread(w, g);
		return;
	}
	walk_start(w, &thread->regs);
	if (walk_to_segments(w)) {
		if (!w->stop)
			walk_up(w, extent);
	} else if (g->doubtful) {
		w->stop = unknown_thread(w, g);
	} else {
		walk_saved(w, g, extent);
	}
}

/* Where the stack of a running goroutine ends in its newest segment is known
 * only now. Segments newer than the one that it is on are empty. */
static void fill_sp(struct snapshot *s, const struct goroutine *g,
		    const struct walk *w)
{
	struct segment *segments = s->segments.items + g->segments.first;

	if (w->entered == NONE)
		return;
	for (uint32_t i = 0; i < w->entered; i++)
		segments[i].sp = segments[i].end;
	segments[w->entered].sp = w->entered_at;
}

static void walk_goroutine(struct walk *w, const struct goroutine *g,
			   enum unwind_extent extent)
{
	if (g->running && g->segments.n == 0)
		w->stop = "its segments cannot be read";
	else if (g->running && g->thread)
		walk_running(w, g, extent);
	else
		walk_saved(w, g, extent);
}

const char *unwind_goroutine(struct unwinder *u, const struct goroutine *g,
			     enum unwind_extent extent)
{
	struct walk w = walk_of(u, g);

	walk_goroutine(&w, g, extent);
	if (g->running)
		fill_sp(u->snapshot, g, &w);
	return w.stop;
}

void unwind_replay(struct unwinder *u, const struct goroutine *g,
		   struct frame_registers *ret)
{
	struct walk w = walk_of(u, g);
	size_t frames = u->snapshot->frames.n;

	ret->n = 0;
	u->record = ret;
	walk_goroutine(&w, g, UNWIND_ALL);
	u->record = NULL;
	u->snapshot->frames.n = frames;
}

bool stack_read(void *arg, addr_t at, void *buf, size_t size)
{
	const struct stack_reader *r = arg;
	struct walk w = walk_of(r->unwinder, r->goroutine);

	return walk_read(&w, at, buf, size);
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
	const struct machine *m = machine_on(s, thread->tid);
	struct walk w = walk_of(u, NULL);
	struct thread_stack t = {
		.thread = thread->tid,
		.machine = m ? m->id : -1,
		.goroutine = goroutine_on(s, thread->tid),
		.frames = { (uint32_t)s->frames.n, 0 },
		.registers = NONE,
	};

	walk_start(&w, &thread->regs);
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
