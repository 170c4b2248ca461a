/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stack.c - growing and shrinking: the only code that links segments. The
 * picture is in stack.h; the other half is asm/morestack.S.
 */
#include "checker.h"
#include "runtime.h"

#include <errno.h>
#include <string.h>

enum { ArgAlign = 64 };

uint64_t maxstacksize = MaxStackDefault;

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

static bool insegment(Stktop *top, uintptr_t sp)
{
	return sp >= top->lo && sp < (uintptr_t)top;
}

/* What a segment holds besides the frame that it was taken for. */
enum { Overhead = StackGuard + sizeof(Stktop) + ArgAlign + 8 };

/* A segment of N bytes for gp, to be linked behind its newest. */
static Stktop *newsegment(G *gp, uint64_t n)
{
	uintptr_t lo = (uintptr_t)segmentalloc(n);
	if (!lo)
		return NULL;
	if (knobs.checked)
		checksegment(lo, n);
	Stktop *top = (Stktop *)(lo + n) - 1;
	*top = (Stktop){
		.oldbase = gp->stackbase,
		.oldguard = gp->stackguard,
		.oldlo = gp->stacklo,
		.guard = guardof(lo),
		.lo = lo,
		.size = n,
	};
	gp->stacksize += n;
	return top;
}

/* TOP, or nothing, is next behind OLD. */
static NOSPLIT void setnext(Stktop *old, Stktop *top)
{
	old->next = top;
	old->nextroom = top ? top->size - Overhead + 1 : 0;
}

/* Give back a segment that is empty and in no chain. */
static void freesegment(G *gp, Stktop *top)
{
	uintptr_t lo = top->lo;
	uint64_t n = top->size;
	gp->stacksize -= n;
	if (knobs.checked)
		checkfreed(lo, n);
	if (knobs.poison)
		fillbytes((void *)lo, 0xdb, n);
	segmentfree((void *)lo);
}

/*
 * A signal's handler looks at what this thread has stored: nothing of what is
 * stored before is stored later.
 */
static void storefence(void)
{
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* Stand on TOP, whose oldbase is the newest so far. A handler that jumps away
 * amid this unlinks TOP, if it is the newest, and so mends the others. */
static void entersegment(G *gp, Stktop *top)
{
	storefence();
	gp->stackbase = top;
	storefence();
	gp->stacklo = top->lo;
	gp->stackguard = top->guard;
}

/* Stand on the segment older than the newest, which becomes empty. */
static NOSPLIT Stktop *leavesegment(G *gp)
{
	Stktop *top = gp->stackbase;
	gp->stacklo = top->oldlo;
	gp->stackguard = top->oldguard;
	gp->stackbase = top->oldbase;
	return top;
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

/* Give back what was left behind TOP: one segment, or a chain of them. */
static void dropspare(G *gp, Stktop *top)
{
	Stktop *next;
	for (Stktop *spare = top->next; spare; spare = next) {
		next = spare->next;
		freeblocks(gp, spare, UINTPTR_MAX);
		freesegment(gp, spare);
	}
	setnext(top, NULL);
}

/* Leave gp's newest segment and free all that it has but itself. */
static Stktop *emptysegment(G *gp)
{
	Stktop *top = leavesegment(gp);
	dropspare(gp, top);
	freeblocks(gp, top, UINTPTR_MAX);
	return top;
}

/* Leave gp's newest segment, on which nobody stands, and give it back. */
static void unlinksegment(G *gp)
{
	Stktop *top = emptysegment(gp);
	if (top->oldbase->next == top)
		setnext(top->oldbase, NULL);
	freesegment(gp, top);
}

bool stackinit(G *gp)
{
	Stktop *top = newsegment(gp, StackMin);
	if (!top)
		return false;
	entersegment(gp, top);
	gp->stack0 = top->lo;
	gp->sched.pc = (uintptr_t)resume;
	return true;
}

void stackentry(G *gp)
{
	/* As gswitch would leave it: r15 r14 r13 r12 rbx rbp, return. */
	uintptr_t *sp = (uintptr_t *)((uintptr_t)gp->stackbase & ~15UL);
	sp -= SavedRegs / sizeof(*sp);
	sp[0] = sp[1] = sp[2] = sp[5] = 0;
	sp[3] = (uintptr_t)gp->arg;
	sp[4] = (uintptr_t)gp->entry;
	sp[6] = (uintptr_t)gostart1;
	gp->sched.sp = (uintptr_t)sp;
}

void stackreset(G *gp)
{
	while (gp->stackbase->oldbase)
		unlinksegment(gp);
	dropspare(gp, gp->stackbase);
	freeblocks(gp, gp->stackbase, UINTPTR_MAX);
	gp->stackguard = gp->stackbase->guard;
	if (knobs.checked)
		checkunused(gp->stacklo,
			    (uintptr_t)gp->stackbase - gp->stacklo);
}

/* The newest segment was full once: its pages below sp hold nothing now. */
static void releasebelow(G *gp)
{
	uintptr_t from = (gp->stacklo + PageSize - 1) & -(uintptr_t)PageSize;
	uintptr_t to = gp->sched.sp & -(uintptr_t)PageSize;
	if (from < to)
		osrelease((void *)from, to - from);
}

void stackshrink(G *gp)
{
	Stktop *spare = gp->stackbase->next;
	if (!spare)
		return;
	bool deep = spare->size >= StackBig;
	dropspare(gp, gp->stackbase);
	if (deep)
		releasebelow(gp);
}

bool stackjump(G *gp, uintptr_t sp)
{
	Stktop *top = gp->stackbase;
	while (top && !insegment(top, sp))
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
	uint64_t need = framesize + argsize + Overhead;
	uint64_t n = top->size + 1; /* the next larger power of 2 */
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

/* Whether a segment of N bytes may stay behind the older one when it is left.
 */
static bool maykeep(uint64_t n)
{
	return !knobs.poison && n <= StackKeep;
}

/* A new segment for a frame that does not fit into gp's newest. */
static Stktop *grow(G *gp, uint64_t framesize, uint64_t argsize)
{
	Stktop *old = gp->stackbase;
	uint64_t n = segmentsize(old, framesize, argsize);
	dropspare(gp, old);
	if (gp->stacksize + n > maxstacksize)
		stackoverflow(gp, n);
	Stktop *top = newsegment(gp, n);
	if (!top)
		throw("newstack: out of memory");
	if (old->blocks || !maykeep(n)) {
		top->slow = 1; /* to be given back when it is left */
	} else {
		setnext(old, top);
		old->slow = 1; /* when it is left, two would be spare */
	}
	return top;
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
	if (!stackjump(gp, (uintptr_t)boundary))
		return (Newsp){ 0, gp->stackguard };
	Stktop *old = gp->stackbase, *top = old->next;
	freeblocks(gp, old, (uintptr_t)boundary);
	if (!old->blocks)
		gp->stackguard = old->guard;
	if (hasroom(gp, boundary, framesize))
		return (Newsp){ 0, gp->stackguard };

	if (old->nextroom <= framesize + argsize)
		top = grow(gp, framesize, argsize);
	top->oldsp = (uintptr_t)boundary;
	entersegment(gp, top);
	if (knobs.checked)
		checkstand(gp);
	uintptr_t sp = placeargs((uintptr_t)top - argsize, boundary + 3);
	copybytes((void *)sp, boundary + 3, argsize);
	return (Newsp){ sp, gp->stackguard };
}

/*
 * On g0, when the function that grew has returned: unlink its segment, free
 * it or keep it as the spare one, and return the guard of the one that
 * BOUNDARY lies in.
 */
NOSPLIT uintptr_t oldstack(uintptr_t *boundary)
{
	G *gp = getg();
	while (gp->stackbase->oldsp != (uintptr_t)boundary) {
		if (!gp->stackbase->oldbase)
			throw("the stack is damaged: no segment grew here; is "
			      "there code\n"
			      "without -fsplit-stack that needs more than 16 "
			      "KiB?");
		unlinksegment(gp);
	}
	Stktop *top = gp->stackbase;
	if (top->oldbase->next != top || !maykeep(top->size)) {
		unlinksegment(gp);
		if (knobs.checked)
			checkstand(gp);
		return gp->stackguard;
	}
	emptysegment(gp)->slow = 0;
	return gp->stackguard;
}

NOSPLIT void stackunwind(G *gp, uintptr_t boundary)
{
	if (gp->stackbase->oldsp != boundary)
		throw("stackunwind: the newest segment did not grow here");
	Stktop *top = leavesegment(gp), *old = gp->stackbase;
	setnext(old, top);
	old->slow = top->slow = 1;
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
	Stktop *top = gp->stackbase;
	dropspare(gp, top); /* the next check is to ask us, not to enter it */
	b->next = top->blocks;
	storefence();
	top->blocks = b;
	top->slow = 1;
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

/* For asm/shared.S. */
void *seam_shared_allocate(uint64_t size)
	__attribute__((alias("__morestack_allocate_stack_space")));

int seam_setmaxstack(size_t bytes)
{
	if (bytes < 65536)
		return seterr(EINVAL);
	maxstacksize = bytes;
	return 0;
}
