/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - what a process says before it dies: panic.c, print.c,
 * signal.c; trace.h has those that tell of stacks. Part of runtime.h.
 */
#ifndef REPORT_H
#define REPORT_H

#include "runtime.h"

/* The runtime's own mistake: say REASON and die. On any stack. */
void throw(const char *reason) __attribute__((noreturn));
/* End the process: status 2, or SIGABRT under SEAM_TRACEBACK=crash. */
void die(void) __attribute__((noreturn));
/* All goroutines are asleep: list them and die. On g0. */
void deadlock(void) __attribute__((noreturn));
/* GP needs a segment of N bytes and must not have it. On g0, from newstack. */
void stackoverflow(G *gp, uint64_t n) __attribute__((noreturn));

/* Print to standard error: %s, %d (int64_t), %x (uint64_t, with 0x). */
void print(const char *fmt, ...);

/* Report SIGSEGV and its like, then die by them. Once a process. */
void siginit(void);
/* The stack on which MP's handlers are to run. False: no memory. */
bool sigstackinit(M *mp);
/* They run there from now on, on this thread, which is MP. */
void sigaltinit(M *mp);

#endif
