/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stack.c - growing and shrinking: the only code that links segments. The
 * picture is in stack.h; the other half is asm/morestack.S.
 */
#include "runtime.h"

#include <errno.h>
#include <string.h>

enum { ArgAlign = 64 };

uint64_t maxstacksize = MaxStackDefault;

/* What alloca did not find on the segment. */
struct Block {
	Block *next;
	uint64_t size; /* this struct included; counts in g->stacksize */
	uintptr_t sp;  /* of the function that it is for */
	_Alignas(16) uint8_t mem[];
};

/* newstack's answer, in rax and rdx. */
typedef struct Newsp {
	uintptr_t sp; /* 0: go on on the stack as it is */
	uintptr_t guard;
} Newsp;

Newsp newstack(uintptr_t *boundary, uint64_t framesize, uint64_t argsize);
uintptr_t oldstack(uintptr_t *boundary);
void *__morestack_allocate_stack_space(uint64_t size);

/*
 * No sp is above this guard: every check comes to newstack. Positive, as clang
 * 14 compares it signed where it checks alloca.
 */
#define AskAlways ((uintptr_t)INTPTR_MAX)

static uintptr_t guardof(uintptr_t lo)
{
	return knobs.split ? AskAlways : lo + StackGuard;
}

static bool insegment(Stktop *top, const void *p)
{
	return (uintptr_t)p >= top->lo && (uintptr_t)p < (uintptr_t)top;
}

/* Make the N bytes at LO gp's newest segment. */
static void linksegment(G *gp, uintptr_t lo, uint64_t n)
{
	Stktop *top = (Stktop *)(lo + n) - 1;
	*top = (Stktop){
		.oldbase = gp->stackbase,
		.oldguard = gp->stackguard,
		.oldlo = gp->stacklo,
		.lo = lo,
		.size = n,
	};
	gp->stackbase = top;
	gp->stacklo = lo;
	gp->stackguard = guardof(lo);
	gp->stacksize += n;
}

/* Free what alloca took for functions that have left TOP below SP. */
static void freeblocks(G *gp, Stktop *top, uintptr_t sp)
{
	while (top->blocks && top->blocks->sp < sp) {
		Block *b = top->blocks;
		top->blocks = b->next;
		gp->stacksize -= b->size;
		mfree(b);
	}
}

/* Give back gp's newest segment, on which nobody stands. */
static void unlinksegment(G *gp)
{
	Stktop *top = gp->stackbase;
	uintptr_t lo = top->lo;
	uint64_t n = top->size;

	freeblocks(gp, top, UINTPTR_MAX);
	gp->stackbase = top->oldbase;
	gp->stackguard = top->oldguard;
	gp->stacklo = top->oldlo;
	gp->stacksize -= n;
	if (knobs.poison)
		fillbytes((void *)lo, 0xdb, n);
	stackfree((void *)lo);
}

bool stackinit(G *gp)
{
	if (!gp->stackbase) {
		void *lo = stackalloc(StackMin);
		if (!lo)
			return false;
		linksegment(gp, (uintptr_t)lo, StackMin);
		gp->stack0 = (uintptr_t)lo;
	}

	/* As mcall would leave it: r15 r14 r13 r12 rbx rbp, return. */
	uintptr_t *sp = (uintptr_t *)((uintptr_t)gp->stackbase & ~15UL);
	sp -= SavedRegs / sizeof(*sp);
	memset(sp, 0, SavedRegs);
	sp[3] = (uintptr_t)gp->arg;
	sp[4] = (uintptr_t)gp->entry;
	sp[6] = (uintptr_t)gostart1;
	gp->sched.sp = (uintptr_t)sp;
	gp->sched.pc = (uintptr_t)resume;
	return true;
}

void stackreset(G *gp)
{
	while (gp->stackbase->oldbase)
		unlinksegment(gp);
	freeblocks(gp, gp->stackbase, UINTPTR_MAX);
	gp->stackguard = guardof(gp->stacklo);
}

/*
 * Forget the segments newer than the one that BOUNDARY lies in: longjmp has
 * left them without a word. False when it lies in none of gp's: a signal
 * handler's stack, on which we have no say.
 */
static bool unlinkabove(G *gp, const uintptr_t *boundary)
{
	Stktop *top = gp->stackbase;
	while (top && !insegment(top, boundary))
		top = top->oldbase;
	if (!top)
		return false;
	while (gp->stackbase != top)
		unlinksegment(gp);
	return true;
}

/*
 * Whether the frame has room on the newest segment after all: it is asked
 * only because there are blocks of alloca's to look after.
 */
static bool hasroom(G *gp, uintptr_t *boundary, uint64_t framesize)
{
	uintptr_t sp = (uintptr_t)boundary;
	return !knobs.split && sp - gp->stacklo >= framesize + StackGuard;
}

static uint64_t powerof2(uint64_t n)
{
	return n <= 1 ? 1 : UINT64_C(1) << (64 - __builtin_clzll(n - 1));
}

/* Bytes of the segment for a frame that did not fit into the one at TOP. */
static uint64_t segmentsize(Stktop *top, uint64_t framesize, uint64_t argsize)
{
	uint64_t need = framesize + argsize + StackGuard + sizeof(Stktop);
	need += ArgAlign + 8; /* aligning the arguments, return address */
	uint64_t n = 2 * top->size;
	if (n > StackBig)
		n = StackBig;
	if (knobs.split)
		n = StackMin;
	return powerof2(need > n ? need : n);
}

/*
 * The highest place not above SP that is aligned like the arguments at OLD,
 * of which some want more than 16 (psABI 3.2.3: __m256, __m512).
 */
static uintptr_t placeargs(uintptr_t sp, const uintptr_t *old)
{
	return sp - ((sp - (uintptr_t)old) & (ArgAlign - 1));
}

/*
 * On g0, for the function whose check failed: link a segment with room for
 * FRAMESIZE and copy ARGSIZE bytes of stack arguments to its top. BOUNDARY is
 * where __morestack stopped on the older segment.
 */
NOSPLIT Newsp newstack(uintptr_t *boundary, uint64_t framesize,
		       uint64_t argsize)
{
	G *gp = getg();
	if (!unlinkabove(gp, boundary))
		return (Newsp){ 0, gp->stackguard };
	freeblocks(gp, gp->stackbase, (uintptr_t)boundary);
	if (!gp->stackbase->blocks)
		gp->stackguard = guardof(gp->stacklo);
	if (hasroom(gp, boundary, framesize))
		return (Newsp){ 0, gp->stackguard };

	uint64_t n = segmentsize(gp->stackbase, framesize, argsize);
	if (gp->stacksize + n > maxstacksize)
		stackoverflow(gp, n);
	void *lo = stackalloc(n);
	if (!lo)
		throw("newstack: out of memory");

	linksegment(gp, (uintptr_t)lo, n);
	Stktop *top = gp->stackbase;
	top->oldsp = (uintptr_t)boundary;
	top->framesize = framesize;
	top->argsize = argsize;
	top->growpc = boundary[1];
	uintptr_t sp = placeargs((uintptr_t)top - argsize, boundary + 3);
	copybytes((void *)sp, boundary + 3, argsize);
	return (Newsp){ sp, gp->stackguard };
}

/*
 * On g0, when the function that grew has returned: unlink its segment, free
 * it, and return the guard of the one that BOUNDARY lies in.
 */
NOSPLIT uintptr_t oldstack(uintptr_t *boundary)
{
	G *gp = getg();
	while (gp->stackbase->oldsp != (uintptr_t)boundary) {
		if (!gp->stackbase->oldbase)
			throw("oldstack: no segment grew here");
		unlinksegment(gp);
	}
	unlinksegment(gp);
	return gp->stackguard;
}

typedef struct Space {
	uint64_t size;
	uintptr_t sp; /* of the function that wants it */
} Space;

static NOSPLIT void *allocspace(void *arg)
{
	Space *want = arg;
	G *gp = getg();
	uint64_t n = want->size + sizeof(Block);
	if (gp->stacksize + n > maxstacksize)
		stackoverflow(gp, n);
	Block *b = mal(n);
	if (!b)
		throw("alloca: out of memory");
	b->size = n;
	b->sp = want->sp;
	b->next = gp->stackbase->blocks;
	gp->stackbase->blocks = b;
	gp->stacksize += n;
	gp->stackguard = AskAlways; /* until its function has returned */
	return b->mem;
}

/*
 * Called by compiled code when alloca or a variable length array does not fit
 * above the guard (gcc's libgcc interface, generic-morestack.c). The block
 * lives until its function has returned and the next check asks, or until
 * the newest segment is left.
 */
NOSPLIT void *__morestack_allocate_stack_space(uint64_t size)
{
	Space want = { size, (uintptr_t)__builtin_frame_address(0) };
	return systemstack(allocspace, &want);
}

int seam_setmaxstack(size_t bytes)
{
	if (bytes < 65536)
		return seterr(EINVAL);
	maxstacksize = bytes;
	return 0;
}
