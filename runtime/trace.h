/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace.h - telling of stacks on standard error: one stack (traceback.c), with
 * names (names.c), and all goroutines (dump.c). The text is that of the tools
 * that look from outside, but for what only debug information knows: files,
 * lines and inlined calls.
 *
 * All of it may run in a signal handler, on a large stack: no lock is taken,
 * nothing allocated but pages.
 */
#ifndef TRACE_H
#define TRACE_H

#include "runtime.h"

/*
 * panic.c
 */

/*
 * Be the one who tells why the process ends; the words of two would mix. False:
 * another thread is. lastwords() waits then, until that one ends the process.
 * On a large stack.
 */
bool claimwords(void);
void lastwords(void);

/*
 * print.c
 */

/* `goroutine 7 "name"`, as every message names a goroutine. */
void printgoroutine(G *gp);
/* An interval as people read it: 850us 12ms 1.2s 3m05s 2h10m. */
void printduration(int64_t ns);

/*
 * names.c
 */

/* The function that PC lies in, or NULL. Remembers what it found. */
const char *funcname(uintptr_t pc);
/*
 * Unmap the files that names came from, when all is told: who looks at the
 * process, or at its core, is not to find a library twice.
 */
void forgetnames(void);

/*
 * traceback.c: a line a function. A stack that is damaged ends in words where
 * it cannot be followed.
 */

enum { TopFrames = 20 }; /* told of the stack that ends the process */

/* The stack of GP, which does not run. */
void traceback(G *gp);
/* In a handler of the M that runs GP: what it has interrupted of GP. */
void tracebackrunning(G *gp);
/* Of the stack that we are called from the innermost TopFrames functions; */
void tracebackhere(void);
/* of GP, on whose M we are: the same, or, where it has left it, from there; */
void tracebackof(G *gp);
/* of what the handler that we are called in has interrupted. */
void tracebackfault(void);
/* Who made GP. */
void printcreator(G *gp);
/* A fault at PC and SP: that GP's function has no checks, if it may be why. One
 * that calls nothing, and has left its stack not, need not have them. */
void printunchecked(G *gp, uintptr_t pc, uintptr_t sp);
/* A fatal signal: does not return if it is damage met in one of the above. */
void tracefault(void);

/*
 * widened.c
 */

/* Whether the function FN begins with a stack check, or cannot be told because
 * FN only jumps to it. Those of clang that have no frame do not. May fault. */
bool haschecks(uintptr_t fn);

/*
 * dump.c
 */

/* ` [waiting, chan send 0x7f..., 5us]:`, of GP, and a newline. */
void printwait(G *gp);
/* Every goroutine, by goid. Nobody runs any, or the world is stopped. */
void dumpgoroutines(void);
/* SIGQUIT lists all goroutines, unless the program has set a handler. */
void dumpinit(void);

#endif
