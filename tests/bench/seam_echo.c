/* SPDX-License-Identifier: BSD-2-Clause */
/* seam_echo.c - an echo server: a goroutine for each connection. For load.c. */
#include "seam.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { Backlog = 4096, BufferBytes = 512 };

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void echo(void *arg)
{
	int fd = (intptr_t)arg;
	char buf[BufferBytes];
	ssize_t n;
	while ((n = seam_read(fd, buf, sizeof(buf), SEAM_FOREVER)) > 0)
		if (seam_write(fd, buf, n, SEAM_FOREVER) != n)
			break;
	seam_close(fd);
}

static void serve(void *arg)
{
	int listener = *(int *)arg;
	for (;;) {
		int fd = seam_accept(listener, NULL, NULL, SEAM_FOREVER);
		if (fd < 0)
			fail("seam_accept");
		if (seam_go(echo, (void *)(intptr_t)fd) < 0)
			fail("seam_go");
	}
}

static void raise_files(void)
{
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		fail("getrlimit");
	r.rlim_cur = r.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &r) < 0)
		fail("setrlimit");
}

static int listen_anywhere(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
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

int main(void)
{
	raise_files();
	int listener = listen_anywhere();
	if (seam_run(serve, &listener) < 0)
		fail("seam_run");
	return 0;
}
