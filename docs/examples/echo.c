/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo.c - a TCP echo server: a goroutine for each connection.
 *
 *	echo [-t MS] [PORT]
 *
 * Listens on PORT of the loopback interface (0, unless given: any) and prints
 * the port. Closes a connection on which nothing has come for MS milliseconds
 * (unless given: for ever), or whose peer takes nothing for that long.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <seam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { Backlog = 1024, BufferBytes = 512 };

static int64_t patience = SEAM_FOREVER;

static int64_t deadline(void)
{
	return patience == SEAM_FOREVER ? patience : seam_now() + patience;
}

static void echo(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char buf[BufferBytes];
	ssize_t n;

	seam_setname("echo");
	while ((n = seam_read(fd, buf, sizeof(buf), deadline())) > 0)
		if (seam_write(fd, buf, (size_t)n, deadline()) < n)
			break;
	seam_close(fd);
}

static void serve(void *arg)
{
	int listener = *(int *)arg;
	for (;;) {
		int fd = seam_accept(listener, NULL, NULL, SEAM_FOREVER);
		if (fd < 0 || seam_go(echo, (void *)(intptr_t)fd) < 0) {
			perror("echo");
			seam_sleep(100 * SEAM_MS); /* until some have ended */
		}
	}
}

static int listen_on(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)port);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, size) < 0
	    || listen(fd, Backlog) < 0
	    || getsockname(fd, (struct sockaddr *)&a, &size) < 0) {
		perror("echo");
		exit(1);
	}
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

int main(int argc, char **argv)
{
	int opt;
	while ((opt = getopt(argc, argv, "t:")) == 't')
		patience = atoll(optarg) * SEAM_MS;
	if (opt != -1 || argc - optind > 1) {
		fprintf(stderr, "usage: echo [-t MS] [PORT]\n");
		return 64;
	}
	int listener = listen_on(optind < argc ? atoi(argv[optind]) : 0);
	return seam_run(serve, &listener) < 0;
}
