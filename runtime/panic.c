/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panic.c - the ends that the runtime puts to a process itself. Each says
 * what it knows on standard error, then dies.
 */
#include "foreign.h"

#include <stdlib.h>
#include <string.h>

enum { TopFrames = 20 }; /* of a stack that ran away */

static bool wantscore(void)
{
	const char *s = getenv("SEAM_TRACEBACK");
	return s && strcmp(s, "crash") == 0;
}

/*
 * Before the words about an end of the process. Another thread that comes to
 * an end meanwhile is not heard: its words would mix with ours.
 */
void lastwords(void)
{
	static int32_t speaker;
	int32_t nobody = 0, me = osprocid();
	if (__atomic_compare_exchange_n(&speaker, &nobody, me, false,
					__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
	    || nobody == me) {
		clockread();
		return;
	}
	for (;;)
		osnap(SEAM_S / 2);
}

NOSPLIT void die(void)
{
	if (wantscore())
		osabort();
	osexit(2);
}

static NOSPLIT void *throwcall(void *reason)
{
	G *gp = getg();
	lastwords();
	print("seam: fatal: %s\n", (const char *)reason);
	if (gp) {
		printgoroutine(gp);
		print(":\n");
		tracebackhere(TopFrames);
	}
	die();
}

void throw(const char *reason)
{
	systemstack(throwcall, (void *)(uintptr_t)reason);
	__builtin_unreachable();
}

void stackoverflow(G *gp, uint64_t n)
{
	lastwords();
	print("seam: ");
	printgoroutine(gp);
	print(": stack overflow: %d bytes in use and %d more wanted, "
	      "the limit is %d (seam_setmaxstack)\n",
	      gp->stacksize, n, maxstacksize);
	tracebackhere(TopFrames);
	die();
}

/*
 * The list of a deadlock, by goid
 */

static int bygoid(const void *a, const void *b)
{
	int64_t x = (*(G *const *)a)->goid, y = (*(G *const *)b)->goid;
	return (x > y) - (x < y);
}

void printwait(G *gp)
{
	print(" [waiting, %s", gp->waitreason);
	if (gp->waiton)
		print(" %x", (uint64_t)(uintptr_t)gp->waiton);
	print(", ");
	printduration(since(gp->waitsince));
	print("]:\n");
}

static void printwaiting(G *gp)
{
	print("\n");
	printgoroutine(gp);
	printwait(gp);
	traceback(gp);
}

void deadlock(void)
{
	uint64_t n = 0, i = 0;
	for (G *gp = allg; gp; gp = gp->alllink)
		n += gp->status == Gwaiting;
	G **list = mal(n * sizeof(G *));
	if (!list)
		throw("deadlock, and out of memory");
	for (G *gp = allg; gp; gp = gp->alllink)
		if (gp->status == Gwaiting)
			list[i++] = gp;
	qsort(list, n, sizeof(G *), bygoid);

	lastwords();
	print("seam: all goroutines are asleep: deadlock\n");
	for (i = 0; i < n; i++)
		printwaiting(list[i]);
	printthreads();
	die();
}
