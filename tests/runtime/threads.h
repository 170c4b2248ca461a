/* SPDX-License-Identifier: BSD-2-Clause */
/* threads.h - threads of a scenario's own. */
#ifndef THREADS_H
#define THREADS_H

#include "together.h"

#include <pthread.h>

static pthread_t thread(void *(*fn)(void *), void *arg)
{
	pthread_t t;
	CHECK(pthread_create(&t, NULL, fn, arg) == 0);
	return t;
}

static void ended(pthread_t t)
{
	CHECK(pthread_join(t, NULL) == 0);
}

#endif
