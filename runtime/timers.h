/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timers.h - the clocks, and the deadlines of those who wait. Part of
 * runtime.h.
 */
#ifndef TIMERS_H
#define TIMERS_H

#include "runtime.h"

/*
 * time.c
 */

void clockstart(void); /* sched.clock.first */
void clockread(void);  /* sched.clock.last */
/* Nanoseconds that have gone by since T (ticks()), by sched.clock. */
int64_t since(uint64_t t);
int64_t nanotime(void); /* on a large stack */

/*
 * timers.c
 */

/* End GP's present wait at WHEN. False: no memory. On g0. */
bool addtimer(G *gp, int64_t when);
/* GP's wait with a deadline ended before it. */
void timerstale(G *gp);
/* The next whose deadline came before NOW, claimed; NULL: none. On g0. */
G *expired(int64_t now);
/* Whether somebody waits for a deadline. */
bool timerspending(void);

#endif
