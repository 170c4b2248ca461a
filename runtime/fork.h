/* SPDX-License-Identifier: BSD-2-Clause */
/* fork.h - what the child of fork() asks of the runtime: see fork.c. */
#ifndef FORK_H
#define FORK_H

#include <stdbool.h>

extern bool forked; /* this is such a child: schedule() is to say so and die */

/* Hear of every fork. False: no memory. */
bool forkinit(void);
void forkedswitch(void) __attribute__((noreturn));
/* mal.c: what no M holds is lost, with the lock on it. */
void forkedmal(void);

#endif
