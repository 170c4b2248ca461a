/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checker.h - what programs that check every access to memory are told of
 * segments: valgrind, AddressSanitizer. Unless it says otherwise to be called
 * only where knobs.checked says that one looks on: then every switch goes by
 * g0, and so does the end of every goroutine. On g0.
 */
#ifndef CHECKER_H
#define CHECKER_H

#include <stdint.h>

struct G;

/* Whether anybody looks on: sets knobs.checked. After knobsinit(). */
void checkerinit(void);
/* The N bytes at LO are a stack from now on. */
void checksegment(uintptr_t lo, uint64_t n);
/* Nothing in the N bytes at LO means anything any more. */
void checkunused(uintptr_t lo, uint64_t n);
/* What was a stack at LO is but memory again. */
void checkfreed(uintptr_t lo, uint64_t n);
/* The N bytes at LO, from the kernel, may hold the only pointer to a block of
 * malloc's; no longer. May be called at any time. */
void checkroot(void *lo, uint64_t n);
void checknoroot(void *lo, uint64_t n);
/* This thread goes on on GP's newest segment; NULL: on its own stack. */
void checkstand(struct G *gp);

#endif
