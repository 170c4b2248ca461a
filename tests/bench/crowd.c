/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowd.c - so many goroutines as its argument says, for the inspector to look
 * at: each about 11 frames deep, the runtime's included, in the states and for
 * the reasons below, one in ten on a stack that has grown. When all are at
 * their places it prints "ready" and its thread sleeps until it is killed.
 *
 * A goroutine's number says what it does: its last digit the bottom, the rest
 * of it by three the way there.
 */
#include <seam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { GrownFrame = 3000 };

static seam_chan *source, *sink, *other;
static seam_mutex held;
static long crowd;

/* The bottoms. */

static NOINLINE void receive(long n)
{
	long v;

	seam_recv(source, &v, SEAM_FOREVER);
}

static NOINLINE void emit(long n)
{
	seam_send(sink, &n, SEAM_FOREVER);
}

static NOINLINE void rest(long n)
{
	seam_sleep((3600 + n % 60) * SEAM_S);
}

static NOINLINE void choose(long n)
{
	long v;
	seam_clause clauses[] = { { SEAM_RECV, source, &v },
				  { SEAM_RECV, other, &v } };

	seam_select(clauses, 2, SEAM_FOREVER);
}

static NOINLINE void enter(long n)
{
	seam_lock(&held, SEAM_FOREVER);
}

static NOINLINE void spin(long n)
{
	seam_yield();
}

static NOINLINE void grow(long n)
{
	char name[GrownFrame];

	snprintf(name, sizeof(name), "number %ld", n);
	receive(n);
}

static void (*const bottoms[10])(long) = {
	receive, receive, receive, receive, emit,
	emit,	 rest,	  choose,  enter,   grow,
};

/* The ways there. */

#define STEP(name, next)                                                       \
	static NOINLINE void name(long n)                                      \
	{                                                                      \
		next(n);                                                       \
		__asm__ volatile("");                                          \
	}

static NOINLINE void bottom(long n)
{
	(n % 100 == 50 ? spin : bottoms[n % 10])(n);
	__asm__ volatile("");
}

STEP(act, bottom)
STEP(parse, act)
STEP(decode, parse)
STEP(fetch, act)
STEP(load, fetch)
STEP(store, act)
STEP(compress, store)

static NOINLINE void handle(long n)
{
	static void (*const ways[])(long) = { decode, load, compress };

	ways[n / 10 % 3](n);
	__asm__ volatile("");
}

STEP(serve, handle)

static void worker(void *arg)
{
	serve((long)arg);
}

static void start(void *arg)
{
	source = seam_chan_make(sizeof(long), 0);
	other = seam_chan_make(sizeof(long), 0);
	sink = seam_chan_make(sizeof(long), 0);
	seam_lock(&held, SEAM_FOREVER);
	for (long n = 0; n < crowd; n++)
		if (seam_go(worker, (void *)n) < 0)
			abort();
	seam_yield();
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	crowd = argc > 1 ? atol(argv[1]) : 1000;
	/* Where Yama allows it, anybody of this user may look at us. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	setenv("SEAM_MAXPROCS", "1", 1);
	setenv("SEAM_DEBUG", "stay", 1);
	return seam_run(start, NULL);
}
