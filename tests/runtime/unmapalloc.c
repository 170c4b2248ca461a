/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unmapalloc.c - a program's own stackalloc and stackfree that trust nobody:
 * a page that faults lies below each segment, for who overruns it; a segment
 * that is freed is poisoned and unmapped, for who still stands on it.
 */
#include <seam.h>
#include <string.h>
#include <sys/mman.h>

enum { Page = 4096 };

/*
 *	| the size | faults | segment     |
 *	  Page       Page     whole pages
 */
static uint64_t mapped(uint64_t n)
{
	return 2 * Page + ((n + Page - 1) & ~(uint64_t)(Page - 1));
}

void *stackalloc(uint64_t n)
{
	char *p = mmap(NULL, mapped(n), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	*(uint64_t *)p = n;
	mprotect(p + Page, Page, PROT_NONE);
	return p + 2 * Page;
}

void stackfree(void *segment)
{
	char *p = (char *)segment - 2 * Page;
	uint64_t n = *(uint64_t *)p;
	memset(segment, 0xdb, n);
	munmap(p, mapped(n));
}
