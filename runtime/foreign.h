/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foreign.h - threads of the program's own that call us: foreign.c.
 *
 * Such a thread has a G of its own, so that all that waits, and all that
 * wakes, is the same for it. Its G has no segments and no goid, is not on
 * allg, and has no M: getm() is NULL on a foreign thread. It waits on a futex
 * of its own, for its own deadline, and is never on a run queue.
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "runtime.h"

/* Whether GP is a thread's. */
static inline bool isthread(const G *gp)
{
	return !gp->stackbase;
}

/* parkmany() for the calling thread; and what ready() does for one. */
void parkthread(void (*release)(void *), void *arg, const char *reason,
		void *waiton, int64_t deadline);
void wakethread(G *gp);

/* Where the calling thread, which has a G, keeps its random number. */
uint32_t *threadrandom(void);

/* Whether a thread may yet make something runnable. With sched.lock held. */
bool threadsmayact(void);

/* The runtime has stopped: all waits of threads end, with ECANCELED. */
void endthreads(void);

/* Those that wait, a line each, for the list of a deadlock. */
void printthreads(void);

#endif
