/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * floor_echo.c - an echo server without any runtime: one thread, one epoll, a
 * read and a write for each message and nothing besides. What the kernel takes
 * is what is left. For load.c.
 */
#define _GNU_SOURCE
#include "listen.h"

#include <sys/epoll.h>
#include <unistd.h>

enum { Events = 512 };

static void watch(int epoll, int fd, uint32_t events)
{
	struct epoll_event e = { events, { .fd = fd } };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) < 0)
		fail("epoll_ctl");
}

static void echo(int fd)
{
	char buf[BufferBytes];
	ssize_t n = recv(fd, buf, sizeof(buf), 0);
	if (n <= 0 || send(fd, buf, n, MSG_NOSIGNAL) != n)
		close(fd);
}

static void serve(int epoll, int listener)
{
	struct epoll_event events[Events];
	for (;;) {
		int n = epoll_wait(epoll, events, Events, -1);
		if (n < 0)
			fail("epoll_wait");
		for (int i = 0; i < n; i++) {
			if (events[i].data.fd != listener) {
				echo(events[i].data.fd);
				continue;
			}
			int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
			if (fd < 0)
				fail("accept4");
			watch(epoll, fd, EPOLLIN | EPOLLET);
		}
	}
}

int main(void)
{
	int listener = listen_anywhere();
	int epoll = epoll_create1(0);
	if (epoll < 0)
		fail("epoll_create1");
	watch(epoll, listener, EPOLLIN);
	serve(epoll, listener);
}
