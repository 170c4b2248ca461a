/* SPDX-License-Identifier: BSD-2-Clause */
/* listen.h - what echo servers in C begin with. For load.c. */
#ifndef LISTEN_H
#define LISTEN_H

#include "files.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { Backlog = 4096, BufferBytes = 512 };

static inline void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* A listening socket on a port of the kernel's choice, which is printed; and as
 * many descriptors as may be. */
static inline int listen_anywhere(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	if (raise_files() < 0)
		fail("RLIMIT_NOFILE");
	socklen_t size = sizeof(a);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, size) < 0
	    || listen(fd, Backlog) < 0
	    || getsockname(fd, (struct sockaddr *)&a, &size) < 0)
		fail("listen");
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

#endif
