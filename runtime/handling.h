/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handling.h - C++ exceptions that a goroutine handles while it waits. The
 * language's library keeps them for each thread, so a goroutine takes them
 * along: it leaves a thread with none, and finds it so where it goes on.
 */
#ifndef HANDLING_H
#define HANDLING_H

#include "runtime.h"

/* __cxa_eh_globals (Itanium C++ ABI, exception handling, 2.2.2). */
struct Handling {
	void *caught;	   /* those that catch blocks are at, the innermost */
	uint32_t uncaught; /* how many have been thrown and not yet caught */
};

/* This thread's; NULL in a program without C++. */
Handling *threadhandling(void);

/* Whether the goroutine on MP, this M, handles any: it cannot just switch. */
static inline bool handling(M *mp)
{
	Handling *h = mp->handling;
	return __builtin_expect(h != NULL, 0) && (h->caught || h->uncaught);
}

/* mcall(), with what the goroutine handles. */
int leave(void (*fn)(G *gp));

#endif
