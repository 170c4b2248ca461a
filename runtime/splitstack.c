/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * splitstack.c - the names of libgcc's own split-stack runtime that a program
 * may ask for when -fsplit-stack reaches the link step (libgcc,
 * generic-morestack.c). Having them all here
 * keeps libgcc's morestack.o, which defines __morestack too, out of the link.
 */
#include "runtime.h"

#include <pthread.h>
#include <signal.h>

typedef void *(*Start)(void *);

/*
 * Only there under --wrap=pthread_create, which gcc adds. Weak, so it does
 * not bring pthread_create into a static program; osthread() does.
 */
extern int __real_pthread_create(pthread_t *, const pthread_attr_t *, Start,
				 void *) __attribute__((weak));
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, Start, void *);

/*
 * Where libgcc's runtime keeps the stack that it has found, in its constructor,
 * which takes the thread's guard too. A shared library with that runtime in it,
 * linked or brought by dlopen(), finds ours in place of its own; and as the
 * next thing the constructor calls sigemptyset(), which is ours as well.
 */
enum { InitialSpBytes = 184 }; /* struct initial_sp, gcc 12 */
#define FOUND __attribute__((tls_model("initial-exec")))
__thread FOUND void *__morestack_initial_sp[InitialSpBytes / sizeof(void *)];

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

static NOSPLIT void refusesplits(void)
{
	setguard(0); /* it is theirs */
	print("seam: libgcc's split stacks are in this process, so a shared "
	      "library was compiled with\n-fsplit-stack and not linked with "
	      "pkg-config --libs seam_shared.\n");
	osexit(2);
}

/* Outside of goroutines somebody else has set the guard. */
NOSPLIT void checkguard(void)
{
	if (getguard() && !getm())
		refusesplits();
}

NOSPLIT int sigemptyset(sigset_t *set)
{
	if (__morestack_initial_sp[0])
		refusesplits();
	*set = (sigset_t){ { 0 } };
	return 0;
}
