/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "util/progress.h"

/* Milliseconds between two lines. */
enum { Between = 200 };

/* What cannot be written is not missed. */
static void put(struct progress *p, const char *text, int n)
{
	if (n > 0 && write(p->fd, text, n) == n)
		p->shown = true;
}

static void show(struct progress *p)
{
	char text[128];
	const char *what = p->stage ? p->stage : "starting";
	size_t n = p->done, all = p->total;

	if (all)
		put(p, text,
		    snprintf(text, sizeof(text), "\r\033[Kseam: %s: %zu of %zu",
			     what, n, all));
	else if (n)
		put(p, text,
		    snprintf(text, sizeof(text), "\r\033[Kseam: %s: %zu", what,
			     n));
	else
		put(p, text,
		    snprintf(text, sizeof(text), "\r\033[Kseam: %s", what));
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
	struct progress *p = arg;
	struct timespec next = later(p->after);

	pthread_mutex_lock(&p->lock);
	while (!p->ended) {
		if (!pthread_cond_timedwait(&p->changed, &p->lock, &next))
			continue;
		show(p);
		next = later(Between);
	}
	if (p->shown)
		put(p, "\r\033[K", 4);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

void progress_start(struct progress *p, int fd, int after)
{
	pthread_condattr_t monotonic;
	sigset_t all, before;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&p->lock, NULL);
	p->fd = fd;
	p->after = after;
	p->ended = p->shown = false;
	/* Signals are for the others: one that the first thread is about to
	 * wait for would be lost here. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	p->started = pthread_create(&p->thread, NULL, tell, p) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void progress_stage(struct progress *p, const char *what, size_t all)
{
	if (!p)
		return;
	p->total = 0;
	p->done = 0;
	p->stage = what;
	p->total = all;
}

void progress_done(struct progress *p, size_t n)
{
	if (p)
		p->done = n;
}

void progress_stop(struct progress *p)
{
	if (!p->started)
		return;
	pthread_mutex_lock(&p->lock);
	p->ended = true;
	pthread_cond_signal(&p->changed);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->thread, NULL);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
	p->started = false;
}
