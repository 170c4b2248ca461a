/* SPDX-License-Identifier: BSD-2-Clause */
/* expect.c - compares a walk with the shadows. */
#include "expect.h"

#include <inttypes.h>
#include <stdio.h>

#include "runtime/runtime.h"

enum { MAX_LINKS = 1000 }; /* goroutines, or segments of one */

enum kind { ASM, GOSTART, RUNTIME, OTHER };

/*
 * Frames
 */

/* Where to look the frame up. */
static uint64_t place(const struct frame *frame)
{
	return frame->activation ? frame->pc : frame->pc - 1;
}

static enum kind kind(const struct scene *s, size_t i)
{
	uint64_t pc = place(&s->walk.frame[i]);
	if (within(s->process->gostart, pc))
		return GOSTART;
	if (within(s->process->code, pc))
		return ASM;
	return within(s->process->runtime, pc) ? RUNTIME : OTHER;
}

/* Remembered: a program has few places that are returned to. */
static uint64_t function(const struct scene *s, size_t i)
{
	static struct {
		uint64_t pc, function;
	} seen[4096];
	uint64_t pc = place(&s->walk.frame[i]);
	size_t slot = (pc ^ pc >> 12) % 4096;
	if (seen[slot].pc != pc) {
		seen[slot].function = process_function(s->process, pc);
		seen[slot].pc = pc;
	}
	return seen[slot].function;
}

static bool runtime_seen_before(const struct scene *s, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (kind(s, j) == RUNTIME && function(s, j) == function(s, i))
			return true;
	return false;
}

/* What may stand above the program's functions: see skip_runtime. */
static bool above(const struct scene *s, size_t i)
{
	switch (kind(s, i)) {
	case ASM:
		return true;
	case RUNTIME:
		return !runtime_seen_before(s, i);
	case OTHER: /* the unwinder that the runtime uses */
		return s->shadows.told
		       && process_foreign(s->process, place(&s->walk.frame[i]));
	default:
		return false;
	}
}

/* Behind the runtime's own frames at the top, each function once. */
static size_t skip_runtime(const struct scene *s)
{
	size_t i = 0;
	while (i < s->walk.n && above(s, i))
		i++;
	return i;
}

/* A seam is one frame of asm/. */
static size_t skip_seam(const struct scene *s, size_t i)
{
	return i < s->walk.n && kind(s, i) == ASM ? i + 1 : i;
}

/*
 * The frames from I on are the functions of SHADOW but for the innermost GONE.
 * Return the index behind them; 0: they are not.
 */
static size_t match(const struct scene *s, size_t i,
		    const struct shadow *shadow, uint64_t gone)
{
	for (uint64_t k = shadow->depth - gone; k-- > 0; i++) {
		i = skip_seam(s, i);
		if (i >= s->walk.n || function(s, i) != shadow->fn[k])
			return 0;
	}
	return i;
}

/*
 * The chains
 */

static bool ends_in_gostart(const struct scene *s, size_t i)
{
	i = skip_seam(s, i);
	return i + 1 == s->walk.n && kind(s, i) == GOSTART && !s->walk.error;
}

static bool at_innermost(const struct scene *s, const struct shadow *shadow)
{
	return function(s, 0) == shadow->fn[shadow->depth - 1];
}

/* Whether the walk is that of goroutine ID, and no more. */
static bool is_goroutine(const struct scene *s, int64_t id)
{
	if (id <= 0 || id > MAX_GOID)
		return false;
	const struct shadow *shadow = &s->shadows.goroutine[id];
	if (shadow->depth == 0 || shadow->depth > MAX_DEPTH)
		return false;
	size_t top = skip_runtime(s);
	/* It returns through its stub, where it is still to be seen. */
	bool present = shadow->progress != RETURNED || at_innermost(s, shadow);
	size_t end = match(s, top, shadow, present ? 0 : 1);
	if ((end || shadow->depth == 1) && ends_in_gostart(s, end ? end : top))
		return end || !present || shadow->progress == CALLED;
	return false;
}

/* Whether it is main()'s, with the C library's frames below it. */
static bool is_thread(const struct scene *s)
{
	size_t i = match(s, skip_runtime(s), &s->shadows.thread, 0);
	if (i == 0 || i >= s->walk.n || s->walk.error)
		return false;
	for (size_t j = i; j < s->walk.n; j++)
		if (kind(s, j) != OTHER)
			return false;
	return function(s, s->walk.n - 1) == s->process->start;
}

/* Whether it is the handler's, and below that what it has interrupted. */
static bool is_handler(const struct scene *s)
{
	const struct walk *below = &s->history->interrupted;
	if (s->walk.n <= below->n + 1 || s->walk.error)
		return false;
	const struct shadow *shadow = &s->shadows.handler;
	bool present = shadow->progress != RETURNED || at_innermost(s, shadow);
	size_t trampoline = match(s, skip_runtime(s), shadow, present ? 0 : 1);
	if (trampoline == 0 || trampoline + 1 + below->n != s->walk.n
	    || kind(s, trampoline) != OTHER)
		return false;
	for (size_t i = 0; i < below->n; i++)
		if (s->walk.frame[trampoline + 1 + i].pc != below->frame[i].pc)
			return false;
	return true;
}

/*
 * Whose stack
 */

/* The id of the goroutine that has SP in one of its segments; 0: none. */
static int64_t owner(const struct process *p, uint64_t sp)
{
	uint64_t at;
	G g;
	if (!process_read(p, p->allg, &at, sizeof(at)))
		fail("allg");
	for (int i = 0; at && i < MAX_LINKS; i++, at = (uintptr_t)g.alllink) {
		if (!process_read(p, at, &g, sizeof(g)))
			fail("a goroutine");
		uint64_t top = (uintptr_t)g.stackbase;
		for (int j = 0; top && j < MAX_LINKS; j++) {
			Stktop t;
			if (!process_read(p, top, &t, sizeof(t)))
				fail("a segment");
			if (sp >= t.lo && sp <= t.lo + t.size)
				return g.goid;
			top = (uintptr_t)t.oldbase;
		}
	}
	return 0;
}

void scene_take(struct scene *s)
{
	if (!process_read(s->process, s->process->shadows, &s->shadows,
			  sizeof(s->shadows)))
		fail("shadows");
	process_walk(s->process, &s->walk);
}

/* On g0, while the runtime tells the stacks of those that wait. */
static bool is_told(struct scene *s)
{
	if (!s->shadows.told)
		return false;
	for (int id = 1; id <= MAX_GOID; id++)
		if (is_goroutine(s, id)) {
			s->history->told |= 1u << id;
			return true;
		}
	return false;
}

static const char *wrong_on_g0(struct scene *s)
{
	int64_t last = s->history->last;
	if (last && !s->shadows.goroutine[last].leaves)
		return is_goroutine(s, last) ? NULL
					     : "the goroutine's, from g0";
	return is_thread(s) || is_told(s) ? NULL : "the thread's own";
}

const char *scene_wrong(struct scene *s)
{
	uint64_t sp = s->process->regs.rsp;
	if (s->history->in_handler)
		return is_handler(s) ? NULL : "the handler's";
	int64_t id = owner(s->process, sp);
	if (id) {
		s->history->last = id;
		return is_goroutine(s, id) ? NULL : "the goroutine's";
	}
	if (within(s->process->thread, sp))
		return wrong_on_g0(s);
	return "on a stack that is known";
}

/*
 * Telling
 */

static void print_shadow(struct scene *s, const char *whose,
			 const struct shadow *shadow)
{
	static const char *const progress[] = { "called", "running",
						"returned" };
	if (!shadow->depth)
		return;
	printf("  %s, innermost %s%s:\n", whose, progress[shadow->progress % 3],
	       shadow->leaves ? ", leaving" : "");
	for (uint64_t k = shadow->depth; k-- > 0;)
		printf("    %s\n", process_place(s->process, shadow->fn[k]));
}

void scene_print(struct scene *s)
{
	printf("  found:\n");
	for (size_t i = 0; i < s->walk.n; i++)
		printf("    %#" PRIx64 " %s\n", s->walk.frame[i].pc,
		       process_place(s->process, place(&s->walk.frame[i])));
	if (s->walk.error)
		printf("    %s\n", s->walk.error);
	if (s->history->in_handler)
		print_shadow(s, "the handler", &s->shadows.handler);
	if (s->history->last)
		print_shadow(s, "the last goroutine",
			     &s->shadows.goroutine[s->history->last]);
}
