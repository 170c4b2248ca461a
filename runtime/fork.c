/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork.c - the child of fork() has the calling thread alone: the machines that
 * ran the other goroutines are not there. The goroutine that forked goes on,
 * grows, and may exec or exit; its first switch ends the child in words.
 *
 * What another thread had locked just then is left as it is, and nobody uses
 * it again: the locks are free, and what they guard is taken for empty.
 */
#include "fork.h"
#include "runtime.h"

bool forked;

static void inchild(void)
{
	M *mp = getm();
	forked = true;
	sched.lock = (Lock){ 0 };
	sched.gfree = NULL;
	sched.needy = false; /* nobody is there to be called */
	forkedmal();
	if (!mp)
		return;
	mp->lookat = 0; /* no switch but by schedule() */
	mp->procid = osprocid();
}

static NOSPLIT void *childcall(void *arg)
{
	inchild();
	return arg;
}

static NOSPLIT void child(void)
{
	systemstack(childcall, NULL);
}

bool forkinit(void)
{
	static bool heard;
	heard = heard || osatfork(child);
	return heard;
}

void forkedswitch(void)
{
	throw("goroutines do not run in the child of fork(),\n"
	      "where their threads are not: it may only exec or _exit");
}
