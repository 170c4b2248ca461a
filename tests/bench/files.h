/* SPDX-License-Identifier: BSD-2-Clause */
/* files.h - programs that have thousands of descriptors. */
#ifndef FILES_H
#define FILES_H

#include <sys/resource.h>

/* As many descriptors as may be; 0, or -1 and errno. */
static inline int raise_files(void)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return -1;
	r.rlim_cur = r.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &r);
}

#endif
