/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * load.c - the load for echo servers: load SERVER WORK runs SERVER, keeps
 * CONNECTIONS open with one message under way on each, from one thread, and
 * prints one number: WORK is `rate`, requests a second, or `memory`, the
 * server's resident bytes under that load.
 *
 * SERVER is started with the argument `echo`, prints its port and a newline,
 * and is killed at the end, also when we are.
 */
#include "files.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	Connections = 10000,
	MessageBytes = 64,
	Events = 512,
	WarmSeconds = 1,
	Seconds = 3,
};

static int got[Connections]; /* bytes of the answer, by connection */
static int fds[Connections];
static pid_t server;

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	if (server > 0)
		kill(server, SIGKILL);
	exit(1);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Start the server; its port. */
static int start(const char *path)
{
	int pipe_fds[2], port;
	if (pipe(pipe_fds) < 0)
		fail("pipe");
	server = fork();
	if (server < 0)
		fail("fork");
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(pipe_fds[1], STDOUT_FILENO);
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		execl(path, path, "echo", (char *)NULL);
		_exit(127);
	}
	close(pipe_fds[1]);
	FILE *f = fdopen(pipe_fds[0], "r");
	if (!f || fscanf(f, "%d", &port) != 1)
		fail("the server names no port");
	fclose(f);
	return port;
}

static void ask(int i)
{
	static const char message[MessageBytes] = "echo";
	got[i] = 0;
	if (send(fds[i], message, sizeof(message), MSG_NOSIGNAL)
	    != sizeof(message))
		fail("send");
}

static void connect_all(int epoll, int port)
{
	for (int i = 0; i < Connections; i++) {
		struct sockaddr_in a = { .sin_family = AF_INET,
					 .sin_port = htons(port) };
		struct epoll_event e = { EPOLLIN | EPOLLET, { .u32 = i } };
		a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (fds[i] < 0)
			fail("socket");
		if (connect(fds[i], (struct sockaddr *)&a, sizeof(a)) < 0)
			fail("connect");
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &e) < 0)
			fail("epoll_ctl");
	}
}

/* What has come on connection I; whether that is a whole answer. */
static int answered(int i)
{
	char buf[MessageBytes];
	ssize_t n = recv(fds[i], buf, MessageBytes - got[i], 0);
	if (n <= 0)
		fail("recv");
	got[i] += n;
	return got[i] == MessageBytes;
}

/* Ask and be answered until then; requests that were answered. */
static int64_t talk_until(int epoll, double end)
{
	static struct epoll_event events[Events];
	int64_t requests = 0;
	while (seconds() < end) {
		int n = epoll_wait(epoll, events, Events, 1000);
		if (n < 0 && errno != EINTR)
			fail("epoll_wait");
		for (int k = 0; k < n; k++) {
			int i = events[k].data.u32;
			if (!answered(i))
				continue;
			requests++;
			ask(i);
		}
	}
	return requests;
}

static double resident(pid_t pid)
{
	char path[64], line[256];
	double kilobytes = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "r");
	if (!f)
		fail(path);
	while (fgets(line, sizeof(line), f))
		sscanf(line, "VmRSS: %lf", &kilobytes);
	fclose(f);
	return kilobytes * 1024;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: load SERVER rate|memory\n");
		return 64;
	}
	if (raise_files() < 0)
		fail("RLIMIT_NOFILE");
	int port = start(argv[1]);
	int epoll = epoll_create1(0);
	if (epoll < 0)
		fail("epoll_create1");
	connect_all(epoll, port);
	for (int i = 0; i < Connections; i++)
		ask(i);
	talk_until(epoll, seconds() + WarmSeconds);
	double from = seconds();
	int64_t requests = talk_until(epoll, from + Seconds);
	double rate = requests / (seconds() - from);
	double memory = resident(server);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	printf("%.1f\n", strcmp(argv[2], "rate") == 0 ? rate : memory);
	return 0;
}
