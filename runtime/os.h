/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * os.h - all that we ask of the kernel and of libc (os_linux*.c). To be called
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
/* They are soon to be written: one fault for all, where the kernel can. */
void osneed(void *p, uint64_t n);
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
 * it has slept so far; -1: it does not, or there is no /proc to tell.
 */
int64_t osasleep(int32_t procid);
/* How many threads the process has; without /proc any number, INT64_MAX. */
int64_t ostasks(void);
/* Let FN(ARG) be called when the calling thread ends. False: cannot be done. */
bool osatend(void (*fn)(void *), void *arg);
bool osatfork(void (*fn)(void)); /* fn() in each child */
int64_t osclock(void);
/* For how long PROCID, a thread of ours, could have run and did not; -1
 * where the kernel does not tell. */
int64_t osrundelay(int32_t procid);
/* A thread that calls minit(mp), mstart(mp), mend(mp); */
int osthread(struct M *mp);
void osjoin(struct M *mp); /* wait until it has ended. */
int32_t osprocid(void);
int osncpu(void);
void oswrite(const char *p, uint64_t n);
void osexit(int status) __attribute__((noreturn));
void osabort(void) __attribute__((noreturn));
void osaltstack(void *p, uint64_t n);
void ossignal(int sig, void (*fn)(int, void *, void *));
void osdefault(int sig);	      /* the default action from now on */
void osraise(int sig);		      /* to this thread */
void oskill(int sig);		      /* to the process */
bool ostell(int32_t procid, int sig); /* false: there is no such thread */
/* Whether FN is what handles SIG. */
bool osmine(int sig, void (*fn)(int, void *, void *));
void ossigmask(const void *set); /* a sigset_t: this thread's from now on */
/* Let fn write each piece of code of the executable or library that we are in,
 * where the kernel does. */
void oseditcode(void (*fn)(uint8_t *code, uint64_t n));
void osunblock(int sig);
/* Block what is no fault of the thread's own; OLD: a sigset_t, what it was. */
void osblock(void *old);
/*
 * A thread of osthread() begins so. When it has a signal stack, osownmask()
 * makes it block what the thread did that called osmaskbythis(), if one has.
 */
void osmaskbythis(void);
void osownmask(void);
uintptr_t osstackend(void); /* of this thread's own stack */
/* The file at PATH, mapped to read; NULL: cannot be had. */
const void *osmapfile(const char *path, uint64_t *size);

/*
 * File descriptors. Those that can be made so do not wait: -EAGAIN.
 */
enum { FdSocket = 1, FdDrains = 2 };
/* Let FD not wait from now on; FdSocket: it is one; FdDrains: when it moves
 * less than it was asked to, nothing more can be moved now. */
int osfacts(int fd);
int64_t osread(int fd, void *p, uint64_t n);
int64_t oswritefd(int fd, const void *p, uint64_t n);
/* For sockets: less work for the kernel, and they do not wait even where FD is
 * another since osfacts(). */
int64_t osrecv(int fd, void *p, uint64_t n);
int64_t ossend(int fd, const void *p, uint64_t n); /* no SIGPIPE */
int osaccept(int fd, void *addr, uint32_t *size);
int osconnect(int fd, const void *addr, uint64_t size);
int ossockerror(int fd); /* what became of connecting */
int osclose(int fd);
/* Those of EVENTS (SEAM_IN, SEAM_OUT) that are there; 0: none. */
int ospoll(int fd, int events);

/* What tells us of events, and what wakes who waits for it. */
int ospollnew(int *pollfd, int *wakefd);
/* -EPERM: FD is always ready; -EEXIST. */
int ospolladd(int pollfd, int fd, void *data);
/*
 * Wait until DEADLINE for events; call FN for each with what was added, NULL
 * for the waking. NOMORE are events for which FdDrains is true no more.
 */
void ospollwait(int pollfd, int64_t deadline,
		void (*fn)(void *data, int events, int nomore, void *arg),
		void *arg);
void oswake(int wakefd);
void oswoken(int wakefd); /* it wakes no more, until the next oswake() */

/* On any stack: set errno and return -1. */
int seterr(int e);

#endif
