/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "target/regular.h"
#include "util/scope.h"

const char *open_regular(const char *path, int *ret, size_t *size)
{
	SCOPE(fd) int fd = -1;
	struct stat st;

	if (stat(path, &st) != 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "it is not a regular file";
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0)
		return strerror(errno);
	if (st.st_size == 0)
		return "it is empty";
	*size = st.st_size;
	*ret = fd;
	fd = -1;
	return NULL;
}
