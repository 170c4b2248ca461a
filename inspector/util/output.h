/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * output.h - standard output, and what ^C does: before anything is printed it
 * ends the program; then, at the next write, which it cuts off where nobody
 * takes the bytes. What was written stays. The kernel lets go of a live target.
 */
#ifndef UTIL_OUTPUT_H
#define UTIL_OUTPUT_H

#include <stdio.h>

/* 128 + SIGINT, as shells say it. */
enum { EXIT_INTERRUPTED = 130 };

/* From now on. Where ^C is ignored it stays so. */
void output_watch(void);

/* A stream to standard output; to be closed by fclose(), which ends the program
 * if ^C was pressed meanwhile. */
FILE *output_open(void);

#endif
