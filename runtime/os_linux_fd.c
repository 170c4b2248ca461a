/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * os_linux_fd.c - the half of os.h that is about file descriptors. As the
 * other one (os_linux.c), it runs on a large stack.
 */
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a call came to that returned N. */
static int64_t outcome(int64_t n)
{
	return n < 0 ? -errno : n;
}

static int option(int fd, int name)
{
	int value = 0;
	socklen_t size = sizeof(value);
	if (getsockopt(fd, SOL_SOCKET, name, &value, &size) < 0)
		return -1;
	return value;
}

/*
 * A stream stops only where there is no more. Not so a datagram, a terminal's
 * line, a pipe of packets (O_DIRECT), or what different processes have
 * written to a socket of the Unix domain.
 */
static int facts(int fd, int mode, int flags)
{
	if (S_ISFIFO(mode))
		return flags & O_DIRECT ? 0 : FdDrains;
	if (!S_ISSOCK(mode))
		return 0;
	int domain = option(fd, SO_DOMAIN);
	bool drains = option(fd, SO_TYPE) == SOCK_STREAM
		      && (domain == AF_INET || domain == AF_INET6);
	return FdSocket | (drains ? FdDrains : 0);
}

int osfacts(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!(flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return facts(fd, (int)st.st_mode, flags);
}

int64_t osread(int fd, void *p, uint64_t n)
{
	return outcome(TEMP_FAILURE_RETRY(read(fd, p, n)));
}

int64_t oswritefd(int fd, const void *p, uint64_t n)
{
	return outcome(TEMP_FAILURE_RETRY(write(fd, p, n)));
}

int64_t osrecv(int fd, void *p, uint64_t n)
{
	return outcome(TEMP_FAILURE_RETRY(recv(fd, p, n, MSG_DONTWAIT)));
}

int64_t ossend(int fd, const void *p, uint64_t n)
{
	return outcome(TEMP_FAILURE_RETRY(
		send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT)));
}

/* A connection that broke before it was accepted is none (accept(2)). */
int osaccept(int fd, void *addr, uint32_t *size)
{
	int64_t e;
	do
		e = outcome(
			accept4(fd, addr, size, SOCK_NONBLOCK | SOCK_CLOEXEC));
	while (e == -EINTR || e == -ECONNABORTED);
	return (int)e;
}

int osconnect(int fd, const void *addr, uint64_t size)
{
	return (int)outcome(connect(fd, addr, (socklen_t)size));
}

int ossockerror(int fd)
{
	return -option(fd, SO_ERROR);
}

/* Also after EINTR it is closed: close(2). */
int osclose(int fd)
{
	int64_t e = outcome(close(fd));
	return e == -EINTR ? 0 : (int)e;
}

int ospoll(int fd, int events)
{
	struct pollfd p = { .fd = fd };
	p.events = (short)((events & SEAM_IN ? POLLIN | POLLRDHUP : 0)
			   | (events & SEAM_OUT ? POLLOUT : 0));
	if (TEMP_FAILURE_RETRY(poll(&p, 1, 0)) < 0)
		return -errno;
	if (p.revents & POLLNVAL)
		return -EBADF;
	if (p.revents & (POLLHUP | POLLERR))
		return events;
	return (p.revents & (POLLIN | POLLRDHUP) ? SEAM_IN : 0)
	       | (p.revents & POLLOUT ? SEAM_OUT : 0);
}

/*
 * Events
 */

int ospollnew(int *pollfd, int *wakefd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC);
	if (ep < 0)
		return -errno;
	*wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (*wakefd < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, *wakefd, &ev) < 0) {
		int e = errno;
		close(*wakefd);
		close(ep);
		return -e;
	}
	*pollfd = ep;
	return 0;
}

int ospolladd(int pollfd, int fd, void *data)
{
	struct epoll_event ev = { .data.ptr = data };
	ev.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;
	return (int)outcome(epoll_ctl(pollfd, EPOLL_CTL_ADD, fd, &ev));
}

/* What an event of epoll's is to us. */
static int eventsof(uint32_t ev)
{
	return (ev & ~(uint32_t)EPOLLOUT ? SEAM_IN : 0)
	       | (ev & (EPOLLOUT | EPOLLHUP | EPOLLERR) ? SEAM_OUT : 0);
}

/* The end, an error and urgent bytes all stop a read that comes upon them. */
static int uneven(uint32_t ev)
{
	return (ev & (EPOLLRDHUP | EPOLLPRI | EPOLLHUP | EPOLLERR) ? SEAM_IN
								   : 0)
	       | (ev & (EPOLLHUP | EPOLLERR) ? SEAM_OUT : 0);
}

/* In whole milliseconds, the next one. */
static int wholems(const struct timespec *ts)
{
	if (!ts)
		return -1;
	if (ts->tv_sec > 1000000)
		return 1000000 * 1000;
	return (int)(ts->tv_sec * 1000 + (ts->tv_nsec + 999999) / 1000000);
}

/* epoll_pwait2 is of Linux 5.11. */
static int waitevents(int pollfd, struct epoll_event *ev, int n,
		      const struct timespec *ts)
{
	static bool old;
	if (!old) {
		int got = (int)syscall(SYS_epoll_pwait2, pollfd, ev, n, ts,
				       NULL, 0);
		if (got >= 0 || errno != ENOSYS)
			return got;
		old = true;
	}
	return epoll_wait(pollfd, ev, n, wholems(ts));
}

void ospollwait(int pollfd, int64_t deadline,
		void (*fn)(void *data, int events, int nomore, void *arg),
		void *arg)
{
	struct epoll_event ev[256]; /* 3 KiB */
	struct timespec ts = { 0 };
	int64_t left = deadline ? deadline - osclock() : 0;
	if (left > 0) {
		ts.tv_sec = left / SEAM_S;
		ts.tv_nsec = left % SEAM_S;
	}
	int n = waitevents(pollfd, ev, nelem(ev),
			   deadline == INT64_MAX ? NULL : &ts);
	for (int i = 0; i < n; i++)
		fn(ev[i].data.ptr, eventsof(ev[i].events), uneven(ev[i].events),
		   arg);
}

void oswake(int wakefd)
{
	eventfd_write(wakefd, 1);
}

void oswoken(int wakefd)
{
	eventfd_t n;
	eventfd_read(wakefd, &n);
}
