/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dump.c - all goroutines with their stacks on standard error: at a deadlock,
 * and at SIGQUIT.
 */
#include "trace.h"
#include "world.h"

#include <signal.h>
#include <ucontext.h>

/*
 * The list, by goid. Not libc's qsort, which may allocate.
 */

static void siftdown(G **list, uint64_t i, uint64_t n)
{
	G *gp = list[i];
	for (uint64_t c; (c = 2 * i + 1) < n; i = c) {
		if (c + 1 < n && list[c + 1]->goid > list[c]->goid)
			c++;
		if (gp->goid >= list[c]->goid)
			break;
		list[i] = list[c];
	}
	list[i] = gp;
}

static void sort(G **list, uint64_t n)
{
	for (uint64_t i = n / 2; i > 0; i--)
		siftdown(list, i - 1, n);
	while (n-- > 1) {
		G *last = list[0];
		list[0] = list[n];
		list[n] = last;
		siftdown(list, 0, n);
	}
}

static G *first(void)
{
	return __atomic_load_n(&allg, __ATOMIC_ACQUIRE);
}

static bool lives(G *gp)
{
	return gp->status != Gidle && gp->status != Gdead;
}

/* Up to N of those that live; how many. */
static uint64_t fill(G **list, uint64_t n)
{
	uint64_t i = 0;
	for (G *gp = first(); gp; gp = gp->alllink)
		if (lives(gp) && i < n)
			list[i++] = gp;
	return i;
}

static uint64_t count(void)
{
	uint64_t n = 0;
	for (G *gp = first(); gp; gp = gp->alllink)
		n += lives(gp);
	return n;
}

/*
 * A goroutine
 */

void printwait(G *gp)
{
	print(" [waiting, %s", gp->waitreason);
	if (gp->waiton)
		print(" %x", (uint64_t)(uintptr_t)gp->waiton);
	print(", ");
	printduration(since(gp->waitsince));
	print("]:\n");
}

static void printstate(G *gp)
{
	switch (gp->status) {
	case Grunning:
		print(" [running, thread %d]:\n", (int64_t)gp->m->procid);
		break;
	case Gwaiting:
		printwait(gp);
		break;
	default:
		print(" [runnable]:\n");
	}
}

static void printstack(G *gp)
{
	if (gp->status != Grunning)
		traceback(gp);
	else if (gp->m == getm())
		tracebackrunning(gp);
	else if (!tracestopped(gp->m, gp))
		print("    the trace stops here: its thread does not answer\n");
	printcreator(gp);
}

void dumpgoroutines(void)
{
	uint64_t n = count(), size = n * sizeof(G *);
	G **list = n ? osalloc(size) : NULL;
	if (!list)
		return;
	n = fill(list, n);
	sort(list, n);
	for (uint64_t i = 0; i < n; i++) {
		print("\n");
		printgoroutine(list[i]);
		printstate(list[i]);
		printstack(list[i]);
	}
	osfree(list, size);
}

/*
 * SIGQUIT
 */

/* An M that does not stop in this time is told of as it is. */
enum { Patience = 1000 * 1000 * 1000 };

/* What is to be done afterwards. */
enum after { GoOn, Abort };

static enum after dumpquit(void)
{
	bool goeson = envhas("SEAM_TRACEBACK", "continue");
	if (!goeson && !claimwords())
		return GoOn; /* another end is being told of */
	clockread();
	print("seam: SIGQUIT: all goroutines\n");
	dumpgoroutines();
	forgetnames();
	if (goeson)
		return GoOn;
	if (!envhas("SEAM_TRACEBACK", "crash"))
		die();
	return Abort;
}

/*
 * SIGABRT where the handler returns to, while the others go on: a core is to
 * show where they all were. It is blocked until then.
 */
static void abortat(ucontext_t *uc)
{
	sigdelset(&uc->uc_sigmask, SIGABRT);
	osdefault(SIGABRT);
	osraise(SIGABRT);
}

static void quit(ucontext_t *uc)
{
	int e;
	while ((e = stopworld(Patience)) == EAGAIN)
		if (sendlater(SIGQUIT))
			return;
	enum after then = dumpquit();
	if (!e)
		startworld();
	if (then == Abort)
		abortat(uc);
}

static NOSPLIT void onquit(int sig, void *info, void *context)
{
	(void)sig, (void)info;
	int *perrno = seam_errno(), e = *perrno;
	uintptr_t guard = getguard();
	setguard(0); /* we stand on the signal stack */
	quit(context);
	setguard(guard);
	*perrno = e;
}

void dumpinit(void)
{
	ossignal(SIGQUIT, onquit);
}
