/* SPDX-License-Identifier: BSD-2-Clause */
/* pthreads.c - the kernel's threads, all on one processor. */
#include "bench.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

enum { Batch = 1000, Rivals = 8, HoldEvery = 16 };

static void start(pthread_t *t, void *(*fn)(void *))
{
	if (pthread_create(t, NULL, fn, NULL) != 0) {
		fprintf(stderr, "cannot make a thread\n");
		exit(1);
	}
}

static void *nothing(void *arg)
{
	return arg;
}

static double spawn(int64_t n)
{
	pthread_t t;
	double from = nanoseconds();
	for (int64_t i = 0; i < n; i++) {
		start(&t, nothing);
		pthread_join(t, NULL);
	}
	return nanoseconds() - from;
}

static double spawn1000(int64_t n)
{
	static pthread_t t[Batch];
	double from = nanoseconds();
	for (int64_t i = 0; i < n; i += Batch) {
		for (int j = 0; j < Batch; j++)
			start(&t[j], nothing);
		for (int j = 0; j < Batch; j++)
			pthread_join(t[j], NULL);
	}
	return nanoseconds() - from;
}

static int64_t rounds;

static void *yields(void *arg)
{
	for (int64_t i = 0; i < rounds; i++)
		sched_yield();
	return arg;
}

static double beside(int64_t n, void *(*other)(void *), void *(*own)(void *))
{
	pthread_t t;
	rounds = n;
	start(&t, other);
	double from = nanoseconds();
	own(NULL);
	pthread_join(t, NULL);
	return nanoseconds() - from;
}

static double yield(int64_t n)
{
	return beside(n, yields, yields);
}

static sem_t there, back;

static void *echoes(void *arg)
{
	for (int64_t i = 0; i < rounds; i++) {
		sem_wait(&there);
		sem_post(&back);
	}
	return arg;
}

static void *asks(void *arg)
{
	for (int64_t i = 0; i < rounds; i++) {
		sem_post(&there);
		sem_wait(&back);
	}
	return arg;
}

static double pingpong(int64_t n)
{
	sem_init(&there, 0, 0);
	sem_init(&back, 0, 0);
	return beside(n, echoes, asks);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int64_t counter;

static double mutex_alone(int64_t n)
{
	double from = nanoseconds();
	for (int64_t i = 0; i < n; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		pthread_mutex_unlock(&mutex);
	}
	return nanoseconds() - from;
}

static void *contends(void *arg)
{
	for (int64_t i = 0; i < rounds; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		if (i % HoldEvery == 0)
			sched_yield();
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static double mutex_contended(int64_t n)
{
	pthread_t t[Rivals];
	rounds = n / Rivals;
	double from = nanoseconds();
	for (int i = 0; i < Rivals; i++)
		start(&t[i], contends);
	for (int i = 0; i < Rivals; i++)
		pthread_join(t[i], NULL);
	return nanoseconds() - from;
}

static void stay_on_one_processor(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "spawn", spawn, NULL },
		{ "spawn1000", spawn1000, NULL },
		{ "yield", yield, NULL },
		{ "pingpong", pingpong, NULL },
		{ "mutex", mutex_alone, NULL },
		{ "contended", mutex_contended, NULL },
		{ NULL, NULL, NULL },
	};
	const struct work *w = chosen(table, argc, argv);
	stay_on_one_processor();
	printf("%.4f\n", answer(w));
	return 0;
}
