/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * countalloc.c - a program's own stackalloc and stackfree, which the linker
 * takes in place of the library's: they count. Linked with growth.c; when a
 * process ends, what it took and did not give back must be what lives on.
 */
#include <seam.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int64_t taken, given;

void *stackalloc(uint64_t n)
{
	__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
	return mal(n);
}

void stackfree(void *p)
{
	__atomic_fetch_add(&given, 1, __ATOMIC_RELAXED);
	mfree(p);
}

/*
 * growth.c's processes end with _exit(0) when all is well. By then each
 * goroutine that ever ran (21 at the most) has its first segment left, and
 * may not yet have left the last few calls: worker, seam_send and below.
 */
enum { MostLeft = 21 * (1 + 3) };

void _exit(int status)
{
	int64_t left = taken - given;
	if (status == 0 && (taken < 20 || left < 1 || left > MostLeft)) {
		fprintf(stderr, "%ld segments taken, %ld given back\n",
			(long)taken, (long)given);
		status = 1;
	}
	_Exit(status);
}
