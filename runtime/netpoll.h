/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netpoll.h - file descriptors that goroutines wait for: what we know of each,
 * what io.c does with them, and what the scheduler asks of netpoll.c.
 */
#ifndef NETPOLL_H
#define NETPOLL_H

#include "runtime.h"

enum fdkind {
	Unknown, /* not looked at yet, or closed since */
	Polled,	 /* the kernel tells us when it becomes ready */
	Plain,	 /* it does not: a regular file, which is always ready */
};

/*
 * One descriptor; never freed nor moved. Its lock guards all but fd. Events
 * are SEAM_IN and SEAM_OUT. The kernel tells us once when one comes (edge-
 * triggered), and `dry` is what we make of that: it is set before each system
 * call, so that whatever comes from then on clears it, and is cleared after a
 * call that may have left something. While it is set a call would have to
 * wait, so it waits at once. A line of a cache.
 */
typedef struct Fd {
	Lock lock;
	int32_t fd;
	int32_t users;	    /* calls under way; the last one closes it */
	bool closing;	    /* seam_close() was called */
	bool socket;	    /* if not Unknown */
	uint8_t kind;	    /* enum fdkind */
	uint8_t dry : 2;    /* events that have not come since the last call */
	uint8_t drains : 2; /* events that a short count proves to be dry */
	Waitq waiters[3];   /* by events - 1: SEAM_IN, SEAM_OUT, either */
} Fd;

/*
 * For calls
 */

/* A call begins: FD's Fd, or NULL and its errno in *E. */
Fd *enterfd(int fd, int *e);
/* It is over. 0, or what closing failed with, negative. */
int64_t leavefd(Fd *f);

/*
 * On g0, return 0 or a negative errno: find out what F is; be told of its
 * events, when FACTS (osfacts()) are known; the same for FD that the kernel
 * has just made, which is returned: what we knew of the number was of another
 * file.
 */
int64_t lookat(Fd *f);
int64_t startpolling(Fd *f, int facts);
int64_t adoptfd(int fd, int facts);
/*
 * On g0: who comes next has to wait for F. Where the program has closed it by
 * close(2), which we do not hear of, its number is another file's by now.
 */
void stillpolled(Fd *f);

/*
 * With F's lock held, which is released: wait for EVENTS. Return 0, EBADF
 * (closed), ETIMEDOUT or ECANCELED.
 */
int awaitfd(Fd *f, int events, const char *reason, int64_t deadline);
/* Something may be left for EVENTS: let the next who waits try. */
void passon(Fd *f, int events);

/*
 * For the scheduler
 */

/* Whether a goroutine waits for a descriptor. */
bool fdswaiting(void);

/*
 * Wait until DEADLINE (0: do not wait) for something to come for a descriptor
 * or for pollwake(). Return those who waited for it, claimed, linked through
 * schedlink. On g0.
 */
G *polled(int64_t deadline);

/*
 * events.c, on g0: what has come is runnable on MP, this M, if it is time to
 * ask; and it is so for any M, if nobody has asked for long.
 */
void askevents(M *mp);
void askneglected(int64_t now);

/* Let the one in polled() return, and again those after it, */
void pollwake(void);
/* until this is called. */
void pollwoken(void);

#endif
