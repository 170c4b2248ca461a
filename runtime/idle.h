/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * idle.h - machines that run no goroutines: those that have nothing to run
 * (idle.c), and those outside (outside.c). Part of runtime.h.
 */
#ifndef IDLE_H
#define IDLE_H

#include "runtime.h"

/* On g0: */

/* There is nothing to run, or MP is not active: return when it is called. */
void idle(M *mp);
/* Look for work of other Ms for MP; whether there was any. */
bool search(M *mp);
/* MP, which was called, has found something to run. */
void found(M *mp);
/* Call an idle M, if one may run and none is searching already. */
void wakeone(void);
/* Let no M run a goroutine any more. */
void stop(void);
/* MP is about to wait in the kernel, for its goroutine: let another M be
 * active. And it is back; active, if it may be. */
void enterblocking(M *mp);
void leaveblocking(M *mp);

/*
 * fn(arg) on g0, for the running goroutine, while this M is not active. On its
 * own stack.
 */
void *outside(void *(*fn)(void *), void *arg);

#endif
