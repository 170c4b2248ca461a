/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * progress.h - how far we are, on a line of a terminal, for whoever has waited
 * for a while. Another thread writes it, from what is set here.
 */
#ifndef UTIL_PROGRESS_H
#define UTIL_PROGRESS_H

#include <stddef.h>

/* Begin to write to FD, AFTER milliseconds from now on. */
void progress_start(int fd, int after);

/* What is being done: "reading goroutines", a literal; and how much of it there
 * is, 0 if that is not known. */
void progress_stage(const char *what, size_t total);

/* So much is done. */
void progress_done(size_t n);

/* No more is written, and the line is erased. Without a start it does nothing,
 * nor does it again. */
void progress_stop(void);

#endif
