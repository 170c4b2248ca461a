/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * together.h - goroutines that work on one object, and who waits in it.
 */
#ifndef TOGETHER_H
#define TOGETHER_H

#include "scenario.h"

#include <stdbool.h>

/* Started goroutines, to be waited for. */
enum { MaxStarted = 64 };
static int64_t started[MaxStarted];
static int nstarted;

static __attribute__((unused)) void start(void (*fn)(void *), void *arg)
{
	started[nstarted++] = seam_go(fn, arg);
}

static __attribute__((unused)) void join(void)
{
	while (nstarted > 0)
		CHECK(seam_join(started[--nstarted], SEAM_FOREVER) == 0);
}

static __attribute__((unused)) bool empty(struct seam_waitq *q)
{
	return !__atomic_load_n(&q->first, __ATOMIC_SEQ_CST);
}

/* How many wait, as a debugger would count: next is a Waiter's first word. */
static __attribute__((unused)) int waiting(struct seam_waitq *q)
{
	int n = 0;
	struct Waiter *w = __atomic_load_n(&q->first, __ATOMIC_SEQ_CST);
	for (; w; w = *(struct Waiter **)w)
		n++;
	return n;
}

#endif
