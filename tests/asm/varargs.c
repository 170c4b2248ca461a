/* SPDX-License-Identifier: BSD-2-Clause */
/* varargs.c - of the stepped program; gcc's, as clang 14 has no such code. */
#include <stdarg.h>
#include <stdio.h>

#include "called.h"

enum { ALWAYS_GROWS = 100000 };

int varargs_grow(volatile struct shadow *me, int n, ...);
int varargs_libc(volatile struct shadow *me, char *buf, size_t size,
		 const char *fmt, ...);

NOINLINE int varargs_grow(volatile struct shadow *me, int n, ...)
{
	TAKE_ROOM(ALWAYS_GROWS);
	va_list ap;
	int sum = 0;
	begin(me);
	va_start(ap, n);
	for (int i = 0; i < n; i++)
		sum += va_arg(ap, int) + (int)va_arg(ap, double);
	va_end(ap);
	return END(me, sum);
}

NOINLINE int varargs_libc(volatile struct shadow *me, char *buf, size_t size,
			  const char *fmt, ...)
{
	va_list ap;
	begin(me);
	va_start(ap, fmt);
	int n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return END(me, n);
}
