/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * progress.h - how far we are, on a line of a terminal, for whoever has waited
 * for a while. Another thread writes it, from what is set here.
 */
#ifndef UTIL_PROGRESS_H
#define UTIL_PROGRESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* All zero at first. */
struct progress {
	_Atomic(const char *) stage;
	atomic_size_t done, total;
	/* Of the line: */
	pthread_t thread;
	pthread_mutex_t lock; /* of ENDED */
	pthread_cond_t changed;
	bool started; /* the thread is there */
	bool ended;   /* it is to end */
	bool shown;   /* there is something to be erased */
	int fd;
	int after;
};

/* Begin to write to FD, AFTER milliseconds from now on. */
void progress_start(struct progress *p, int fd, int after);

/* What is being done: "reading goroutines", a literal; and how much of it there
 * is, 0 if that is not known. P is NULL where nobody is told. */
void progress_stage(struct progress *p, const char *what, size_t total);

/* So much is done. P as above. */
void progress_done(struct progress *p, size_t n);

/* No more is written, and the line is erased. Without a start it does nothing,
 * nor does it again. */
void progress_stop(struct progress *p);

#endif
