/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * echo.c - a TCP echo server: a goroutine for each connection.
 *
 *	echo [-b] [-t MS] [PORT]
 *
 * Listens on PORT of the loopback interface (0, unless given: any) and prints
 * the port. Closes a connection on which nothing has come for MS milliseconds
 * (unless given: for ever), or whose peer takes nothing for that long.
 *
 *	-b	answer each bracket that closes with how deep it was, instead;
 *		by recursion without a limit, which is a mistake
 */
#include <arpa/inet.h>
#include <errno.h>
#include <seam.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { Backlog = 1024, BufferBytes = 512, MaxStack = 1 << 20 };

static int64_t patience = SEAM_FOREVER;
static bool brackets;

static int64_t deadline(void)
{
	return patience == SEAM_FOREVER ? patience : seam_now() + patience;
}

/* What has come on a connection and is not yet looked at. */
struct input {
	int fd;
	char buf[BufferBytes];
	ssize_t at, n;
};

/* The next character, or -1. */
static int next(struct input *in)
{
	if (in->at == in->n) {
		in->at = 0;
		in->n = seam_read(in->fd, in->buf, sizeof(in->buf), deadline());
		if (in->n <= 0)
			return -1;
	}
	return in->buf[in->at++];
}

/* Up to the bracket that closes, or the end: false. */
static bool nested(struct input *in, int depth)
{
	char answer[16];
	int c;

	while ((c = next(in)) != ')') {
		if (c < 0 || (c == '(' && !nested(in, depth + 1)))
			return false;
	}
	int n = snprintf(answer, sizeof(answer), "%d\n", depth);
	return seam_write(in->fd, answer, (size_t)n, deadline()) == n;
}

static void count(int fd)
{
	struct input in = { .fd = fd };

	while (nested(&in, 0))
		;
}

static void echo(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char buf[BufferBytes];
	ssize_t n;

	seam_setname("echo");
	if (brackets)
		count(fd);
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
	while ((opt = getopt(argc, argv, "bt:")) == 't' || opt == 'b') {
		if (opt == 'b')
			brackets = true;
		else
			patience = atoll(optarg) * SEAM_MS;
	}
	if (opt != -1 || argc - optind > 1) {
		fprintf(stderr, "usage: echo [-b] [-t MS] [PORT]\n");
		return 64;
	}
	seam_setmaxstack(MaxStack);
	int listener = listen_on(optind < argc ? atoi(argv[optind]) : 0);
	return seam_run(serve, &listener) < 0;
}
