/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bytes.h - copying and filling on a goroutine's stack. Not libc's:
 * goroutines have no room for it, and its AVX code would spoil vector
 * arguments and results while stacks change.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stdint.h>

/*
 * FROM and TO do not overlap. A processor needs some 30 cycles to begin with
 * rep movsb, so what channels mostly carry is copied by words; for more than
 * 256 bytes it wins.
 */
static inline void copybytes(void *to, const void *from, uint64_t n)
{
	uint8_t *t = to;
	const uint8_t *f = from;
	/* Of a known size they are moves, no calls. Pointers above all. */
	if (n == 8) {
		__builtin_memcpy(t, f, 8);
		return;
	}
	switch (n) {
	case 0:
		return;
	case 1:
		*t = *f;
		return;
	case 2:
		__builtin_memcpy(t, f, 2);
		return;
	case 4:
		__builtin_memcpy(t, f, 4);
		return;
	case 16:
		__builtin_memcpy(t, f, 16);
		return;
	}
	if (n > 8 && n <= 256) {
		__builtin_memcpy(t + n - 8, f + n - 8, 8);
		for (n = (n - 1) / 8; n > 0; n--, t += 8, f += 8) {
			__builtin_memcpy(t, f, 8);
			/* Or it would make this loop a call of memcpy. */
			__asm__ volatile("" : : : "memory");
		}
		return;
	}
	__asm__ volatile("rep movsb" : "+D"(t), "+S"(f), "+c"(n) : : "memory");
}

static inline void fillbytes(void *to, int byte, uint64_t n)
{
	__asm__ volatile("rep stosb"
			 : "+D"(to), "+c"(n)
			 : "a"(byte)
			 : "memory");
}

#endif
