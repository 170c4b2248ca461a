/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stacks of all goroutines. Threads take some of them at a time, unwind
 * these for themselves, each with sites of its own, and then take their turn:
 * stacks that are new go to the snapshot. In which order they do is nobody's
 * business: what is told goes by goroutines.
 */
#include <stdatomic.h>

#include "unwind/step.h"
#include "util/progress.h"
#include "util/workers.h"

/* So many goroutines are taken at a time; of less than a crowd one thread takes
 * all. More frames than FramesWaiting do not wait for the rest. */
enum { SomeGoroutines = 256, FramesWaiting = 64 << 10 };

/* Of so many goroutines ahead the processor is asked for the first bytes of
 * their stacks, line by line: about what ten frames take. The first of them is
 * loaded: what is only asked for is dropped where its page is not at hand. */
enum { Ahead = 4, AskedBytes = 512, LineBytes = 64 };

struct crowd {
	struct unwinder all; /* whose snapshot it is */
	atomic_size_t next;  /* the goroutine that is next to be taken */
	size_t end;	     /* and so on up to this one */
	pthread_mutex_t turn;
};

/* Of a goroutine that is unwound. */
struct stack {
	struct goroutine *goroutine;
	const char *stop;
	struct span frames; /* of the thread's own snapshot */
	uint64_t hash;
};

/* What a thread has of its own: of the snapshot, the frames and the strings.
 */
struct worker {
	struct crowd *crowd;
	struct unwinder unwinder;
	struct snapshot snapshot;
	struct stack stacks[SomeGoroutines];
	size_t n;
};

void unwinder_take_turn(const struct unwinder *u)
{
	if (u->turn)
		pthread_mutex_lock(u->turn);
}

void unwinder_end_turn(const struct unwinder *u)
{
	if (u->turn)
		pthread_mutex_unlock(u->turn);
}

/* What the stack of G begins with will be looked at. */
static void ask_for(const struct snapshot *s, const struct goroutine *g)
{
	const struct segment *newest = s->segments.items + g->segments.first;

	if (!g->segments.n || !newest->nbytes)
		return;
	(void)*(const volatile uint8_t *)newest->bytes;
	for (size_t i = LineBytes; i < AskedBytes && i < newest->nbytes;
	     i += LineBytes)
		__builtin_prefetch(newest->bytes + i);
}

static void hand_over(struct worker *w)
{
	struct unwinder *u = &w->crowd->all;
	struct snapshot *s = u->snapshot;

	unwinder_take_turn(&w->unwinder);
	for (size_t i = 0; i < w->n; i++) {
		const struct stack *stack = &w->stacks[i];
		struct goroutine *g = stack->goroutine;

		g->frames =
			intern(&u->interned, s,
			       w->snapshot.frames.items + stack->frames.first,
			       stack->frames.n, stack->hash);
		g->stop = stack->stop ? strings_add(&s->strings, stack->stop)
				      : NULL;
		g->lines = (struct span){ 0, 0 };
		g->unwound = true;
	}
	unwinder_end_turn(&w->unwinder);
	w->n = 0;
	w->snapshot.frames.n = 0;
	strings_free(&w->snapshot.strings);
}

static void unwind_one(struct worker *w, struct goroutine *g)
{
	struct snapshot *s = &w->snapshot;
	struct stack *stack = &w->stacks[w->n++];
	size_t first = s->frames.n;

	stack->goroutine = g;
	stack->stop = unwind_goroutine(&w->unwinder, g, w->unwinder.extent);
	stack->frames = (struct span){ first, s->frames.n - first };
	stack->hash = intern_hash(s->frames.items + first, stack->frames.n);
	if (s->frames.n > FramesWaiting)
		hand_over(w);
}

static void unwind_some(struct worker *w, size_t first, size_t end)
{
	const struct snapshot *s = &w->snapshot;

	for (size_t i = first; i < end; i++) {
		if (i + Ahead < end)
			ask_for(s, &s->goroutines.items[i + Ahead]);
		if (!s->goroutines.items[i].unwound)
			unwind_one(w, &s->goroutines.items[i]);
	}
	hand_over(w);
}

static struct worker *worker_new(struct crowd *c, bool first)
{
	struct worker *w = array_new(1, sizeof(*w));

	w->crowd = c;
	unwinder_take_turn(&c->all);
	w->snapshot = *c->all.snapshot;
	w->unwinder = c->all;
	unwinder_end_turn(&c->all);
	w->snapshot.frames = (__typeof__(w->snapshot.frames)){ 0 };
	w->snapshot.strings = (struct strings){ 0 };
	w->unwinder.snapshot = &w->snapshot;
	if (!first)
		w->unwinder.sites =
			(struct sites){ .tables = c->all.sites.tables };
	return w;
}

/* The first one's sites are kept. */
static void worker_free(struct worker *w, bool first)
{
	struct crowd *c = w->crowd;

	if (first) {
		unwinder_take_turn(&c->all);
		c->all.sites = w->unwinder.sites;
		unwinder_end_turn(&c->all);
	} else {
		sites_free(&w->unwinder.sites);
	}
	free(w->snapshot.frames.items);
	free(w);
}

static void work(void *arg, bool first)
{
	struct crowd *c = arg;
	struct worker *w = worker_new(c, first);
	const size_t n = c->end;
	size_t i;

	while ((i = atomic_fetch_add(&c->next, SomeGoroutines)) < n) {
		unwind_some(w, i,
			    n - i < SomeGoroutines ? n : i + SomeGoroutines);
		if (first)
			progress_done(c->all.target->progress, i);
	}
	worker_free(w, first);
}

void unwind_some_goroutines(struct unwinder *u, size_t first, size_t end)
{
	struct crowd c = { .next = first, .end = end };

	if (!u->sites.tables)
		u->sites.tables = tables_new();
	c.all = *u;
	pthread_mutex_init(&c.turn, NULL);
	c.all.turn = &c.turn;
	workers_run(end - first < CrowdLeast ? 1 : workers_number(), work, &c);
	pthread_mutex_destroy(&c.turn);
	*u = c.all;
	u->turn = NULL;
}

void unwind_goroutines(struct unwinder *u)
{
	const size_t n = u->snapshot->goroutines.n;

	if (!u->done) {
		progress_stage(u->target->progress, "unwinding stacks", n);
		unwind_some_goroutines(u, 0, n);
	}
	progress_stage(u->target->progress, "naming frames", 0);
	u->done = true;
}
