/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * idle.h - machines that run no goroutines: new ones (machine.c), those that
 * have nothing to run (idle.c), and those outside (outside.c). Part of
 * runtime.h.
 */
#ifndef IDLE_H
#define IDLE_H

#include "runtime.h"

/* On g0: */

/* There is nothing to run, or MP is not active: return when it is called. */
void idle(M *mp);
/* MP, which was called, has found something to run. */
void found(M *mp);
/* Call an idle M, if one may run and none is searching already. */
void wakeone(void);
/* Let no M run a goroutine any more; stoplocked() with sched.lock held. */
void stop(void);
void stoplocked(void);
/* Let an idle M look what it is to sleep on: a thread waits for descriptors. */
void pokeidle(void);
/* MP is about to wait in the kernel, for its goroutine: let another M be
 * active. And it is back; active, if it may be. */
void enterblocking(M *mp);
void leaveblocking(M *mp);

/*
 * midle.c, with sched.lock held
 */

/* M.wakeup, under sched.lock but for the way back to Asleep. */
enum wakeup {
	Asleep, /* or about to be */
	Called, /* to run goroutines, or to stop */
	Poked,	/* to work out anew how long to sleep */
};

/* Whether an idle M could be called: whatever that depends on has changed. */
void setneedy(void);
/* MP may not run goroutines any more, or yet. */
void deactivate(M *mp);
/* MP becomes idle. */
void linkidle(M *mp);
/* Let the idle MP run goroutines. */
void activate(M *mp);
/* The one to call: one with other duties only if there is no other. NULL: no M
 * is idle. */
M *idlest(void);
/* Wake the idle MP. */
void setwakeup(M *mp, enum wakeup why);
/* The watcher is to look after those that run. */
void wakewatcher(void);

/*
 * steal.c
 */

/* Look for work of other Ms for MP; whether there was any. */
bool search(M *mp);
/* Whether anybody has left something to run. */
bool anywork(void);
/* Whether V runs what it ran when its nswitch was *SEEN, which it becomes. */
bool runson(M *v, uint64_t *seen);

/*
 * crowded.c
 */

/* Whether Ms have been found to wait for processors, a while ago. */
bool crowded(void);
/* Nobody is to think so any more. */
void notcrowded(int64_t now);
/* Whether they do; MP, this M, looks at itself from time to time. */
bool lookcrowded(M *mp);

/*
 * machine.c
 */

/* A new M whose thread is about to start, idle; 0 or a negative errno.
 * WATCHER: only if no M is idle, and none is coming. */
int startmachine(bool watcher);
/* Start the machine MP on the calling thread, whose stack is its g0. */
void minit(M *mp);
/* MP, which was started, is there. With sched.lock held. */
void hascome(M *mp);
/* The calling thread is MP's no more: the runtime has stopped. */
void mend(M *mp);

/*
 * stock.c
 */

/* MP may run goroutines, or is back from outside. With sched.lock held. */
void stock(M *mp);
/* MP, this M, runs none: if too many have a stock, its is for all. */
void shareidle(M *mp);
/* It has gone outside; with sched.lock held. True: sharestock() is to follow
 * when that is released. */
bool stockoutside(M *mp);
void sharestock(M *mp);

/*
 * alone.c
 */

/* Whether V has slept in one system call for long: since before NOW. */
bool isstuck(M *v, int64_t now);
/*
 * Return when no M thinks itself alone. On a thread that is no M. Waits as
 * long as a goroutine neither switches nor sleeps in the kernel.
 */
void endalone(void);

/*
 * asleep.c
 */

/* If nobody is left to make anything runnable, list those who wait and die.
 * Whether threads of the program alone can. */
bool checkasleep(void);
/* No M runs: let those in seam_stop() look. */
void wakestoppers(void);
/* Stop when the last goroutine has ended; 0, ETIMEDOUT, or ECANCELED when
 * another has done it. */
int stopatend(int64_t deadline);

/*
 * fn(arg) on g0, for the running goroutine, while this M is not active; on a
 * thread's own stack, simply fn(arg).
 */
void *outside(void *(*fn)(void *), void *arg);

#endif
