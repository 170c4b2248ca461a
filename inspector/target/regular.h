/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regular.h - the files that somebody named: only those that can be mapped.
 */
#ifndef TARGET_REGULAR_H
#define TARGET_REGULAR_H

#include <stddef.h>

/*
 * Open PATH to read, a regular file that is not empty. NULL: *FD, the
 * caller's, and *SIZE are set. Otherwise why not, in words that are good until
 * the next call. Devices and pipes are not even opened: that may wait.
 */
const char *open_regular(const char *path, int *fd, size_t *size);

#endif
