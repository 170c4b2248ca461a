/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crowd_threads.c - so many threads as its argument says, each eleven frames
 * deep or so, libc's included, for debuggers that know threads: see crowd.c.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { StackBytes = 32768 };

static sem_t never, there;

static NOINLINE void bottom(long n)
{
	sem_post(&there);
	while (n >= 0)
		sem_wait(&never);
}

#define STEP(name, next)                                                       \
	static NOINLINE void name(long n)                                      \
	{                                                                      \
		next(n);                                                       \
		__asm__ volatile("");                                          \
	}

STEP(act, bottom)
STEP(parse, act)
STEP(decode, parse)
STEP(handle, decode)
STEP(serve, handle)

static void *worker(void *arg)
{
	serve((long)arg);
	return NULL;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1000;
	pthread_attr_t attr;
	pthread_t thread;

	/* Where Yama allows it, anybody of this user may look at us. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, StackBytes);
	for (long i = 0; i < n; i++)
		if (pthread_create(&thread, &attr, worker, (void *)i) != 0)
			abort();
	for (long i = 0; i < n; i++)
		sem_wait(&there);
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
