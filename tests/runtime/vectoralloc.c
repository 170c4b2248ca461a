/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vectoralloc.c - a stackalloc and a stackfree that use vector registers, as
 * libc's memset and memcpy do, and leave their upper halves cleared.
 */
#include <immintrin.h>
#include <seam.h>
#include <stdlib.h>

#define UNCHECKED __attribute__((noinline, no_split_stack))
#define AVX	  __attribute__((target("avx2")))

static UNCHECKED AVX void clear_upper_halves(void)
{
	_mm256_zeroupper();
}

static UNCHECKED void use_vectors(void)
{
	if (__builtin_cpu_supports("avx2"))
		clear_upper_halves();
}

UNCHECKED void *stackalloc(size_t n)
{
	use_vectors();
	return malloc(n);
}

UNCHECKED void stackfree(void *p)
{
	use_vectors();
	free(p);
}
