/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - what a process says before it dies: panic.c, print.c,
 * traceback.c, signal.c. Part of runtime.h.
 */
#ifndef REPORT_H
#define REPORT_H

#include "runtime.h"

/* The runtime's own mistake: say REASON and die. On any stack. */
void throw(const char *reason) __attribute__((noreturn));
/* Be the one who tells why the process ends. On a large stack. */
void lastwords(void);
/* End the process: status 2, or SIGABRT under SEAM_TRACEBACK=crash. */
void die(void) __attribute__((noreturn));
/* All goroutines are asleep: list them and die. On g0. */
void deadlock(void) __attribute__((noreturn));
/* GP needs a segment of N bytes and must not have it. On g0, from newstack. */
void stackoverflow(G *gp, uint64_t n) __attribute__((noreturn));

/* Print to standard error: %s, %d (int64_t), %x (uint64_t, with 0x). */
void print(const char *fmt, ...);
/* `goroutine 7 "name"`, as every message names a goroutine. */
void printgoroutine(G *gp);
/* ` [waiting, chan send 0x7f..., 5us]:`, of GP, and a newline. */
void printwait(G *gp);
/* An interval as people read it: 850us 12ms 1.2s 3m05s 2h10m. */
void printduration(int64_t ns);

/* The stack of GP, which is parked: a line a function. */
void traceback(G *gp);
/* The innermost N functions of the stack we are called from. */
void tracebackhere(int n);

/* Report SIGSEGV and its like, then die by them. Once a process. */
void siginit(void);
/* The stack on which MP's handlers are to run. False: no memory. */
bool sigstackinit(M *mp);
/* They run there from now on, on this thread, which is MP. */
void sigaltinit(M *mp);

#endif
