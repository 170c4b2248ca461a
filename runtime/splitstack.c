/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * splitstack.c - the names of libgcc's own split-stack runtime that a program
 * may ask for when -fsplit-stack reaches the link step (libgcc,
 * generic-morestack.c). Having them all here
 * keeps libgcc's morestack.o, which defines __morestack too, out of the link.
 */
#include "runtime.h"

void *__morestack_get_guard(void);
void __morestack_set_guard(void *);
void *__morestack_make_guard(void *, size_t);

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
