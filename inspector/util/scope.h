/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scope.h - what a scope owns is released where the scope ends, whichever way
 * it is left: SCOPE(name) before a variable calls name_scope(&variable).
 * RELEASE(v) hands the value out and leaves NULL behind.
 */
#ifndef UTIL_SCOPE_H
#define UTIL_SCOPE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SCOPE(name) __attribute__((cleanup(name##_scope)))

#define RELEASE(v)                                                             \
	__extension__({                                                        \
		__typeof__(v) released_ = (v);                                 \
		(v) = NULL;                                                    \
		released_;                                                     \
	})

static inline void memory_scope(void *p)
{
	free(*(void **)p);
}

static inline void fd_scope(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void file_scope(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void dir_scope(DIR **d)
{
	if (*d)
		closedir(*d);
}

#endif
