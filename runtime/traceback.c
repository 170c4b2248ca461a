/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traceback.c - a stack of this process, by the compiler's unwinder (libgcc's
 * _Unwind_Backtrace).
 *
 * Of our own code only the function that the program called is shown, and
 * only where it is the innermost.
 */
#include "trace.h"

#include <signal.h>
#include <unwind.h>

enum {
	MaxFrames = 100, /* of one goroutine that are printed */
	/* A walk that goes on for longer may go in circles. */
	EndlessFrames = 10 * 1000 * 1000,
};

/* All of our own code lies here; the linker makes these for the section. */
extern const uint8_t __start_seam_text[], __stop_seam_text[];

typedef struct Trace {
	G *gp;		  /* may be NULL; whether it is on its segments: */
	bool onsegments;  /* it was */
	bool interrupted; /* the frames of a handler are still to come */
	bool seam;	  /* between the last frame printed and the next */
	int n;		  /* frames printed or left out */
	int max;	  /* frames to print */
	int walked;	  /* frames in all */
	uintptr_t own; /* the last frame of ours before the program's first */
} Trace;

static bool ourcode(uintptr_t pc)
{
	return pc >= (uintptr_t)__start_seam_text
	       && pc < (uintptr_t)__stop_seam_text;
}

/* Where stacks change, which no program calls by itself. */
static bool inseamcode(uintptr_t pc)
{
	return pc >= seamcode[0] && pc < seamcode[1];
}

/*
 * Printing
 */

/* Up to the suffix that a compiler gives to a copy: walk.constprop.0 */
static void printname(const char *name)
{
	char buf[128];
	size_t i;
	for (i = 0; name[i] && name[i] != '.' && i < sizeof(buf) - 1; i++)
		buf[i] = name[i];
	buf[i] = '\0';
	print("%s", buf);
}

static void printfunc(uintptr_t pc)
{
	const char *name = funcname(pc);
	if (name)
		printname(name);
	else
		print("%x", pc);
}

static void printframe(Trace *t, uintptr_t pc, const char *mark)
{
	if (t->n++ >= t->max)
		return;
	if (t->seam && t->n > 1)
		print("    -- seam --\n");
	print("#%d%s", (int64_t)(t->n - 1), t->n <= 10 ? "  " : " ");
	printfunc(pc);
	print("%s\n", mark);
}

static void printrest(const Trace *t)
{
	if (t->n > t->max)
		print("    ... and %s%d more\n",
		      t->walked > EndlessFrames ? "at least " : "",
		      (int64_t)(t->n - t->max));
}

void printcreator(G *gp)
{
	if (!gp->gopc)
		return;
	print("    created by ");
	printfunc(gp->gopc - 1);
	print("\n");
}

/*
 * Walking
 */

static NOSPLIT _Unwind_Reason_Code eachframe(struct _Unwind_Context *ctx,
					     void *arg)
{
	Trace *t = arg;
	int activation = 0;
	uintptr_t pc = _Unwind_GetIPInfo(ctx, &activation);
	if (!pc || t->walked++ == EndlessFrames)
		return _URC_END_OF_STACK;
	if (activation)
		t->interrupted = false;
	if (t->interrupted)
		return _URC_NO_REASON;
	if (t->gp && !t->onsegments)
		t->onsegments = stackhas(t->gp, _Unwind_GetCFA(ctx));

	bool crossing = pc == (uintptr_t)retfromnewstack;
	if (!activation)
		pc--;
	if (!ourcode(pc)) {
		if (t->n == 0 && t->own)
			printframe(t, t->own, "");
		printframe(t, pc, "");
		t->seam = false;
	} else if (crossing) {
		t->seam = true;
	} else if (t->n == 0
		   && _Unwind_GetRegionStart(ctx) != (uintptr_t)gostart) {
		t->own = inseamcode(pc) ? 0 : pc;
		t->seam = false;
	}
	return _URC_NO_REASON;
}

static NOSPLIT void walk(void *trace)
{
	_Unwind_Backtrace(eachframe, trace);
}

static NOSPLIT void walksaved(void *trace)
{
	Trace *t = trace;
	tracefrom(&t->gp->sched, walk, t);
}

/*
 * Damage: a walk may fault. Where the thread goes on then:
 */
static __thread void **refuge __attribute__((tls_model("initial-exec")));

NOSPLIT void tracefault(void)
{
	if (refuge)
		__builtin_longjmp(refuge, 1);
}

/* fn(arg); whether it has returned. */
static NOSPLIT __attribute__((noinline)) bool survives(void (*fn)(void *),
						       void *arg)
{
	void *here[5];
	if (__builtin_setjmp(here)) {
		refuge = NULL;
		return false;
	}
	refuge = here;
	osunblock(SIGSEGV); /* we may be in a handler */
	osunblock(SIGBUS);
	fn(arg);
	refuge = NULL;
	return true;
}

/* It may be damage that GP's entry points to. */
static NOSPLIT void lookunchecked(void *arg)
{
	G *gp = arg;
	uintptr_t fn = (uintptr_t)gp->entry;
	if (haschecks(fn))
		return;
	print("    ");
	printfunc(fn);
	print(" has no stack checks: was it compiled with -fsplit-stack?\n");
}

void printunchecked(G *gp, uintptr_t pc, uintptr_t sp)
{
	const char *name = funcname((uintptr_t)gp->entry);
	bool overrun = sp < gp->stacklo || sp > (uintptr_t)gp->stackbase;
	if (overrun || !name || funcname(pc) != name)
		survives(lookunchecked, gp);
}

/* Print what FN walks; whether it came to the end. */
static bool tell(Trace *t, void (*fn)(void *))
{
	bool whole = survives(fn, t);
	printrest(t);
	if (!whole)
		print("    the trace stops here: the stack is damaged\n");
	return whole;
}

/* From where GP has left its stack. */
static void tellleft(G *gp, int max)
{
	Trace t = { .gp = gp, .max = max };
	if (!tell(&t, walksaved) || t.n)
		return;
	if (t.own) /* its function has left for it, without a frame, */
		printframe(&t, t.own, "");
	/* or has not begun, or ended */
	printframe(&t, (uintptr_t)gp->entry, " (entry)");
}

/* Whether T, which begins on the stack of GP's M, comes upon GP's segments. */
static bool comesto(G *gp, Trace t)
{
	t.gp = gp;
	t.max = 0;
	return !survives(walk, &t) || t.onsegments;
}

/* What T begins with, or, when GP's M is about to leave GP or has, GP's. */
static void tellof(G *gp, Trace t)
{
	if (comesto(gp, t))
		tell(&t, walk);
	else
		tellleft(gp, t.max);
}

void traceback(G *gp)
{
	tellleft(gp, MaxFrames);
}

void tracebackrunning(G *gp)
{
	tellof(gp, (Trace){ .interrupted = true, .max = MaxFrames });
}

void tracebackof(G *gp)
{
	tellof(gp, (Trace){ .max = TopFrames });
}

void tracebackhere(void)
{
	Trace t = { .max = TopFrames };
	tell(&t, walk);
}

void tracebackfault(void)
{
	Trace t = { .interrupted = true, .max = TopFrames };
	tell(&t, walk);
}
