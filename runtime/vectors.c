/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectors.c - a program's own stackalloc and stackfree are called between a
 * function and its arguments, or its results, of which some may be vectors of
 * 32 or 64 bytes. morestack.S keeps the low 16 bytes of each and our own code
 * touches no more; the program's may, and libc's does.
 */
#include "runtime.h"

#include <cpuid.h>

/* In stackalloc.o alone: the program has not brought its own. */
extern const char stackallocisours __attribute__((weak));

/* XSAVE's area (Intel SDM vol. 1, 13.4), up to the upper halves of zmm0-15. */
typedef struct Xsave {
	_Alignas(64) uint8_t legacy[512];
	uint64_t header[8];
	uint8_t rest[4096];
} Xsave;

/* Bits of state: AVX 2, the upper halves of zmm0-15 6. */
enum { UpperHalves = 1 << 2 | 1 << 6 };

/* Whether there are larger registers, and their state has room in an Xsave. */
static bool largevectors(void)
{
	uint32_t a, b, c, d;
	return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE)
	       && __get_cpuid_count(13, 0, &a, &b, &c, &d)
	       && b <= sizeof(Xsave);
}

static bool mustkeep(void)
{
	static enum { Unknown, No, Yes } known;
	if (known == Unknown)
		known = !&stackallocisours && largevectors() ? Yes : No;
	return known == Yes;
}

/* What is in no use costs next to nothing, and is in none afterwards. */
static void keep(Xsave *x)
{
	fillbytes(x->header, 0, sizeof(x->header));
	__asm__ volatile("xsave64 %0"
			 : "+m"(*x)
			 : "a"(UpperHalves), "d"(0)
			 : "memory");
}

static void putback(const Xsave *x)
{
	__asm__ volatile("xrstor64 %0" : : "m"(*x), "a"(UpperHalves), "d"(0));
}

void *segmentalloc(uint64_t n)
{
	Xsave x;
	if (!mustkeep())
		return stackalloc(n);
	keep(&x);
	void *p = stackalloc(n);
	putback(&x);
	return p;
}

void segmentfree(void *p)
{
	Xsave x;
	if (!mustkeep()) {
		stackfree(p);
		return;
	}
	keep(&x);
	stackfree(p);
	putback(&x);
}
