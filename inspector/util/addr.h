/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * addr.h - an address in the target. It is never a pointer of ours: being a
 * struct, it cannot be cast to one. Arithmetic does not wrap around: it stops
 * at the end of the address space, where nothing is mapped.
 */
#ifndef UTIL_ADDR_H
#define UTIL_ADDR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
	uint64_t v;
} addr_t;

static inline addr_t addr(uint64_t v)
{
	return (addr_t){ v };
}

static inline bool addr_null(addr_t a)
{
	return a.v == 0;
}

static inline bool addr_eq(addr_t a, addr_t b)
{
	return a.v == b.v;
}

/* Memory is mapped in pages of so many bytes. */
enum { PageBytes = 4096 };

/* LOW <= A < END. */
static inline bool addr_within(addr_t a, addr_t low, addr_t end)
{
	return low.v <= a.v && a.v < end.v;
}

static inline addr_t addr_plus(addr_t a, uint64_t n)
{
	return addr(n > UINT64_MAX - a.v ? UINT64_MAX : a.v + n);
}

static inline addr_t addr_minus(addr_t a, uint64_t n)
{
	return addr(n > a.v ? 0 : a.v - n);
}

/* Bytes from LOW up to END; 0 when END is not above LOW. */
static inline uint64_t addr_span(addr_t low, addr_t end)
{
	return end.v > low.v ? end.v - low.v : 0;
}

#endif
