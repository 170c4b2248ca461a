/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regular.h - the files that somebody named: only those that can be mapped.
 */
#ifndef TARGET_REGULAR_H
#define TARGET_REGULAR_H

#include <stddef.h>

/*
 * Such a file may be made shorter by somebody while it is mapped here or by
 * libelf; what is gone can then not be read, and SIGBUS is the answer. That is
 * seen by a handler, which says so and ends the program with status 2. To read
 * instead of mapping would not help libelf, and to check the size before does
 * not help at all; nor can the handler jump out of the middle of libdw.
 */

/*
 * Open PATH to read, a regular file that is not empty. NULL: *FD, the
 * caller's, and *SIZE are set. Otherwise why not, in words that are good until
 * the next call. Devices and pipes are not even opened: that may wait.
 */
const char *open_regular(const char *path, int *fd, size_t *size);

#endif
