/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * os.h - all that we ask of the kernel and of libc (os_linux.c). To be called
 * on a large stack. Those that can fail return a negative errno.
 */
#ifndef OS_H
#define OS_H

#include <stdbool.h>
#include <stdint.h>

struct M;

void *osalloc(uint64_t n); /* zeroed pages, NULL without memory */
void osfree(void *p, uint64_t n);
enum { PageSize = 4096 };

/* The N bytes at P, whole pages, are not needed: they read as 0 from now on. */
void osrelease(void *p, uint64_t n);
void futexsleep(uint32_t *addr, uint32_t val, int64_t deadline);
void futexwakeup(uint32_t *addr);
void osyield(void);
void osnap(int64_t ns);
/* Whether oswritebarrier() works here. */
bool osbarrierinit(void);
/* Every thread of the process passes a full memory barrier. */
void oswritebarrier(void);
/*
 * Whether the kernel's thread PROCID sleeps in a system call: how many times
 * it has slept so far; -1: it does not.
 */
int64_t osasleep(int32_t procid);
int *oserrno(void);
int64_t osclock(void);
int osthread(struct M *mp); /* a thread that calls minit(mp), mstart(mp) */
int32_t osprocid(void);
int osncpu(void);
void oswrite(const char *p, uint64_t n);
void osexit(int status) __attribute__((noreturn));
void osabort(void) __attribute__((noreturn));
void osaltstack(void *p, uint64_t n);
void ossignal(int sig, void (*fn)(int, void *, void *));
void osdefault(int sig); /* the default action from now on */
void osraise(int sig);	 /* to this thread */
/* This process's executable, mapped to read; NULL: cannot be had. */
const void *osexe(uint64_t *size);

/* On any stack: set errno and return -1; read it. */
int seterr(int e);
int geterr(void);

#endif
