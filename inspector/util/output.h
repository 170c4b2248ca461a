/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * output.h - standard output, and what ^C does: before anything is printed it
 * ends the program; then, at the next write, which it cuts off where nobody
 * takes the bytes. What was written stays. The kernel lets go of a live target.
 *
 * How far printing is stands in a variable of output.c: a signal's handler is
 * handed nothing else. All else is the caller's.
 */
#ifndef UTIL_OUTPUT_H
#define UTIL_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* 128 + SIGINT, as shells say it. */
enum { EXIT_INTERRUPTED = 130 };

/* From now on. Where ^C is ignored it stays so. */
void output_watch(void);

/* A stream to standard output, and the bytes that are still to be written. */
struct output {
	FILE *stream; /* to be closed by output_close() */
	char *buffer;
};

struct output output_open(void);

/* End the program if ^C was pressed meanwhile; false, and errno or 0: not all
 * was written. */
bool output_close(struct output *o);

static inline void output_scope(struct output *o)
{
	free(o->buffer);
}

#endif
