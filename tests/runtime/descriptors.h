/* SPDX-License-Identifier: BSD-2-Clause */
/* descriptors.h - two that are connected. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "together.h"

#include <sys/socket.h>

static __attribute__((unused)) void pair(int fds[2])
{
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
}

static __attribute__((unused)) void close_both(int fds[2])
{
	CHECK(seam_close(fds[0]) == 0 && seam_close(fds[1]) == 0);
}

#endif
