/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "util/progress.h"

/* Milliseconds between two lines. */
enum { Between = 200 };

static _Atomic(const char *) stage = "starting";
static atomic_size_t done, total;

static struct {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool started; /* the thread is there */
	bool ended;   /* it is to end */
	bool shown;   /* there is something to be erased */
	int fd;
	int after;
} line = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* What cannot be written is not missed. */
static void put(const char *text, int n)
{
	if (n > 0 && write(line.fd, text, n) == n)
		line.shown = true;
}

static void show(void)
{
	char text[128];
	size_t n = done, all = total;

	if (all)
		put(text,
		    snprintf(text, sizeof(text), "\r\033[Kseam: %s: %zu of %zu",
			     stage, n, all));
	else if (n)
		put(text, snprintf(text, sizeof(text), "\r\033[Kseam: %s: %zu",
				   stage, n));
	else
		put(text,
		    snprintf(text, sizeof(text), "\r\033[Kseam: %s", stage));
}

static struct timespec later(int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += ms % 1000 * 1000000L;
	t.tv_sec += ms / 1000 + t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void *tell(void *arg)
{
	struct timespec next = later(line.after);

	(void)arg;
	pthread_mutex_lock(&line.lock);
	while (!line.ended) {
		if (!pthread_cond_timedwait(&line.changed, &line.lock, &next))
			continue;
		show();
		next = later(Between);
	}
	if (line.shown)
		put("\r\033[K", 4);
	pthread_mutex_unlock(&line.lock);
	return NULL;
}

void progress_start(int fd, int after)
{
	pthread_condattr_t monotonic;
	sigset_t all, before;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&line.changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	line.fd = fd;
	line.after = after;
	line.ended = line.shown = false;
	/* Signals are for the others: one that the first thread is about to
	 * wait for would be lost here. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	line.started = pthread_create(&line.thread, NULL, tell, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void progress_stage(const char *what, size_t all)
{
	total = 0;
	done = 0;
	stage = what;
	total = all;
}

void progress_done(size_t n)
{
	done = n;
}

void progress_stop(void)
{
	if (!line.started)
		return;
	pthread_mutex_lock(&line.lock);
	line.ended = true;
	pthread_cond_signal(&line.changed);
	pthread_mutex_unlock(&line.lock);
	pthread_join(line.thread, NULL);
	line.started = false;
}
