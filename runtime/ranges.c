/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ranges.c - what a goroutine's stack consists of, for whoever looks for
 * pointers on it, or asks whose an address is.
 */
#include "runtime.h"

static bool holds(const Stktop *top, uintptr_t sp)
{
	return sp >= top->lo && sp <= (uintptr_t)top;
}

/* Whether SP lies on a segment of the chain. */
static bool inchain(G *gp, uintptr_t sp)
{
	Stktop *top = gp->stackbase;
	while (top && !holds(top, sp))
		top = top->oldbase;
	return top != NULL;
}

bool stackhas(G *gp, uintptr_t sp)
{
	for (Stktop *spare = gp->stackbase->next; spare; spare = spare->next)
		if (holds(spare, sp))
			return true;
	return inchain(gp, sp);
}

static uintptr_t endof(const Stktop *top)
{
	return top->lo + top->size;
}

/* What alloca took beside the segment. */
static void blockranges(seam_stack range, const Stktop *top,
			void (*fn)(const seam_stack *, void *), void *arg)
{
	for (Block *b = top->blocks; b; b = b->next) {
		range.lo = range.live = b->mem;
		range.hi = (uint8_t *)b + b->size;
		fn(&range, arg);
	}
}

static void segmentrange(int64_t id, const Stktop *top, uintptr_t live,
			 void (*fn)(const seam_stack *, void *), void *arg)
{
	seam_stack range = { id, (void *)top->lo, (void *)endof(top),
			     (void *)live };
	fn(&range, arg);
	blockranges(range, top, fn, arg);
}

/*
 * A segment newer than the one that SP lies in is empty: it is being entered
 * or left, or was passed over by an exception. Where SP lies in none, the
 * goroutine's M is on g0 for it, and any part of any segment may be in use.
 */
void stackranges(G *gp, uintptr_t sp, void (*fn)(const seam_stack *, void *),
		 void *arg)
{
	for (Stktop *spare = gp->stackbase->next; spare; spare = spare->next) {
		if (holds(spare, sp)) /* its function has just returned */
			sp = spare->oldsp;
		segmentrange(gp->goid, spare, endof(spare), fn, arg);
	}
	bool known = inchain(gp, sp);
	for (Stktop *top = gp->stackbase; top; top = top->oldbase) {
		uintptr_t live = known ? endof(top) : top->lo;
		if (holds(top, sp)) {
			live = sp;
			sp = top->oldsp;
		}
		segmentrange(gp->goid, top, live, fn, arg);
	}
}
