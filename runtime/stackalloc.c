/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stackalloc.c - where segments come from. A file of its own in the archive:
 * a program that defines both functions gets this one not at all.
 */
#include "seam.h"

extern const char stackallocisours; /* see vectors.c */
const char stackallocisours = 1;

void *stackalloc(uint64_t n)
{
	return mal(n);
}

void stackfree(void *p)
{
	mfree(p);
}
