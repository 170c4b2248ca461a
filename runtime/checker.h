/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checker.h - what programs that check every access to memory are told of
 * segments. Only where knobs.checked says that one looks on: then every switch
 * goes by g0, and so does the end of every goroutine.
 */
#ifndef CHECKER_H
#define CHECKER_H

#include <stdint.h>

/* Whether anybody looks on: sets knobs.checked. After knobsinit(). */
void checkerinit(void);
/* The N bytes at LO are a stack from now on. On g0. */
void checksegment(uintptr_t lo, uint64_t n);
/* Nothing in the N bytes at LO means anything any more. */
void checkunused(uintptr_t lo, uint64_t n);
/* What was a stack at LO is but memory again. */
void checkfreed(uintptr_t lo, uint64_t n);

#endif
