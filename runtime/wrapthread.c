/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wrapthread.c - pthread_create, where -fsplit-stack reaches the link step:
 * gcc then passes --wrap=pthread_create, and libgcc would set up a guard for
 * the thread. Ours is 0 from the start. A file of its own in the archive, as
 * __real_pthread_create is there only under --wrap.
 */
#include <pthread.h>

typedef void *(*Start)(void *);

int __real_pthread_create(pthread_t *, const pthread_attr_t *, Start, void *);
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, Start, void *);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  Start start, void *arg)
{
	return __real_pthread_create(thread, attr, start, arg);
}
