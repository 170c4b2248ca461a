/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.h - the world stands still: every M but the caller's stops where it
 * is, in the handler of a signal, and its registers lie on its signal stack.
 *
 * The signal is SIGURG, for the reasons that Go has to take it: a debugger
 * passes it on in silence, libc does not use it, and one that comes by itself
 * does no harm. An M in a handler of the program's is asked again until that
 * has returned: where it was before cannot be known.
 *
 *	who stops the world		another M
 *	Hold.state: Going -> Asked
 *	SIGURG				sp and registers are told; Stopped
 *	...				sleeps; Asked to trace: Tracing
 *	Hold.state = Going		goes on
 *
 * A stopped M may hold any lock: who has stopped the world takes none, and
 * allocates nothing. Threads that are no M's go on. So one of them may begin
 * an M meanwhile, which waits before it runs anything.
 *
 * May be used in a signal handler, but not from one that has interrupted who
 * has stopped the world: its signals are blocked.
 */
#ifndef WORLD_H
#define WORLD_H

#include "runtime.h"

/* Hold.state */
enum hold {
	Going,
	Asked,	 /* to stop */
	Stopped, /* sp, guard and regs are valid */
	Tracing, /* it prints the goroutine that it runs */
};

/* Once a process. */
void worldinit(void);
/* MP, this M, begins: not while the world is stopped. */
void worldjoin(M *mp);
/* MP, this M, is no more. */
void worldleave(M *mp);

/*
 * Stop the others, or as many as have stopped when PATIENCE nanoseconds are
 * over. 0; EBUSY: the program handles the signal itself; EAGAIN: another
 * thread has stopped the world; EDEADLK: this one has.
 */
int stopworld(int64_t patience);
void startworld(void);

/* SIG is sent to the process when the world is started. False: it has been. */
bool sendlater(int sig);

/* Let the stopped MP print the stack of GP, which it runs. False: it has not
 * stopped. */
bool tracestopped(M *mp, G *gp);

#endif
