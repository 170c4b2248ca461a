/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workers.h - threads that do a part of a loop each.
 */
#ifndef UTIL_WORKERS_H
#define UTIL_WORKERS_H

#include <stdbool.h>

/* As many as there are processors for us, and no more than WorkersMost. */
enum { WorkersMost = 8 };
unsigned workers_number(void);

/* A loop of fewer rounds, as stacks are, takes no longer than a thread to
 * start. */
enum { CrowdLeast = 4096 };

/*
 * Call WORK on N threads at once, and return when all of them have. One of
 * them, which is told that it is the FIRST, is the caller's. There may be fewer
 * than N: whoever comes takes what is still to be done.
 */
void workers_run(unsigned n, void (*work)(void *arg, bool first), void *arg);

#endif
