/* SPDX-License-Identifier: BSD-2-Clause */
#include <pthread.h>
#include <signal.h>

#include "util/workers.h"

struct work {
	void (*work)(void *arg, bool first);
	void *arg;
};

unsigned workers_number(void)
{
	cpu_set_t ours;
	unsigned n = 1;

	if (pthread_getaffinity_np(pthread_self(), sizeof(ours), &ours) == 0)
		n = CPU_COUNT(&ours);
	return n < WorkersMost ? n : WorkersMost;
}

static void *run(void *arg)
{
	const struct work *w = arg;

	w->work(w->arg, false);
	return NULL;
}

/* Signals are the first thread's. */
static bool start(pthread_t *thread, struct work *w)
{
	sigset_t all, before;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(thread, NULL, run, w) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

void workers_run(unsigned n, void (*work)(void *arg, bool first), void *arg)
{
	struct work w = { work, arg };
	pthread_t others[WorkersMost];
	unsigned started = 0;

	while (started + 1 < n && start(&others[started], &w))
		started++;
	work(arg, true);
	for (unsigned i = 0; i < started; i++)
		pthread_join(others[i], NULL);
}
