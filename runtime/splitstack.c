/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * splitstack.c - the names of libgcc's own split-stack runtime that a program
 * may ask for when -fsplit-stack reaches the link step (libgcc,
 * generic-morestack.c). Having them all here
 * keeps libgcc's morestack.o, which defines __morestack too, out of the link.
 */
#include "runtime.h"

#include <pthread.h>

typedef void *(*Start)(void *);

/*
 * Only there under --wrap=pthread_create, which gcc adds. Weak, so it does
 * not bring pthread_create into a static program; osthread() does.
 */
extern int __real_pthread_create(pthread_t *, const pthread_attr_t *, Start,
				 void *) __attribute__((weak));
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, Start, void *);

void *__morestack_get_guard(void);
void __morestack_set_guard(void *);
void *__morestack_make_guard(void *, size_t);

/* A thread's guard is 0 from the start: nothing to set up. */
NOSPLIT int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
				  Start start, void *arg)
{
	return __real_pthread_create(thread, attr, start, arg);
}

NOSPLIT void *__morestack_get_guard(void)
{
	return (void *)getguard();
}

NOSPLIT void __morestack_set_guard(void *guard)
{
	setguard((uintptr_t)guard);
}

NOSPLIT void *__morestack_make_guard(void *stack, size_t size)
{
	return (uint8_t *)stack - size + StackGuard;
}
