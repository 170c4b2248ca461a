/* SPDX-License-Identifier: BSD-2-Clause */
/* streams.c - what goes through pipes and sockets comes out, in order. */
#include "descriptors.h"

#include <netinet/in.h>

/* A connection of each kind by which bytes can travel both ways. */
static void tcp(int fds[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(listener >= 0);
	CHECK(bind(listener, (struct sockaddr *)&a, size) == 0);
	CHECK(listen(listener, 1) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)&a, &size) == 0);
	fds[0] = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(seam_connect(fds[0], (struct sockaddr *)&a, size, SEAM_FOREVER)
	      == 0);
	fds[1] = seam_accept(listener, NULL, NULL, SEAM_FOREVER);
	CHECK(fds[1] >= 0);
	CHECK(seam_close(listener) == 0);
}

/* Large transfers, both ways at once */

enum { Bytes = 3 << 20, Piece = 50000 };

static uint8_t byte(long i)
{
	return (uint8_t)(i * 7 + i / 251);
}

static void sends(void *arg)
{
	static const int64_t waits[] = { SEAM_FOREVER, SEAM_MS };
	int fd = (int)(intptr_t)arg;
	uint8_t *buf = malloc(Piece);
	for (long at = 0, round = 0; at < Bytes; round++) {
		long n = Bytes - at < Piece ? Bytes - at : Piece;
		for (long i = 0; i < n; i++)
			buf[i] = byte(at + i);
		/* With a deadline a part may have been written. */
		int64_t until = round % 2 ? seam_now() + waits[1] : waits[0];
		ssize_t done = seam_write(fd, buf, (size_t)n, until);
		CHECK(done == n || errno == ETIMEDOUT);
		at += done > 0 ? done : 0;
	}
	free(buf);
}

static void receives(void *arg)
{
	int fd = (int)(intptr_t)arg;
	uint8_t *buf = malloc(Piece);
	for (long at = 0, round = 1; at < Bytes; round++) {
		/* Of all sizes: some take all there is, most do not. */
		size_t most = (size_t)(round * 997 % Piece + 1);
		ssize_t n = seam_read(fd, buf, most, SEAM_FOREVER);
		CHECK(n > 0);
		for (long i = 0; i < n; i++)
			CHECK(buf[i] == byte(at + i));
		at += n;
	}
	free(buf);
}

static void both_ways(int fds[2])
{
	for (int i = 0; i < 2; i++) {
		start(sends, (void *)(intptr_t)fds[i]);
		start(receives, (void *)(intptr_t)fds[i]);
	}
	join();
	close_both(fds);
}

static void transfers(void *arg)
{
	int fds[2];
	(void)arg;
	pair(fds);
	both_ways(fds);
	tcp(fds);
	both_ways(fds);
	CHECK(pipe(fds) == 0);
	start(sends, (void *)(intptr_t)fds[1]);
	start(receives, (void *)(intptr_t)fds[0]);
	join();
	close_both(fds);
}

static void test_transfers(void **state)
{
	(void)state;
	ends_well(transfers);
}

/* Each message's end is a short read, and the stream's comes with the last. */

static void answers(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char buf[512];
	ssize_t n;
	while ((n = seam_read(fd, buf, sizeof(buf), SEAM_FOREVER)) > 0)
		CHECK(seam_write(fd, buf, (size_t)n, SEAM_FOREVER) == n);
	CHECK(n == 0);
	CHECK(seam_close(fd) == 0);
}

/* Read until N bytes have come. */
static void get(int fd, char *buf, ssize_t n)
{
	for (ssize_t at = 0, got; at < n; at += got) {
		got = seam_read(fd, buf + at, (size_t)(n - at), SEAM_FOREVER);
		CHECK(got > 0);
	}
}

static void talk(int fds[2], int messages)
{
	char buf[512];
	start(answers, (void *)(intptr_t)fds[1]);
	for (int i = 1; i <= messages; i++) {
		ssize_t n = i % 100 + 1;
		memset(buf, i, sizeof(buf));
		CHECK(seam_write(fds[0], buf, (size_t)n, SEAM_FOREVER) == n);
		if (i == messages)
			CHECK(shutdown(fds[0], SHUT_WR) == 0);
		get(fds[0], buf, n);
		CHECK(buf[0] == (char)i && buf[n - 1] == (char)i);
	}
	CHECK(seam_read(fds[0], buf, sizeof(buf), SEAM_FOREVER) == 0);
	CHECK(seam_close(fds[0]) == 0);
	join();
}

static void messages(void *arg)
{
	int fds[2];
	(void)arg;
	for (int i = 1; i < 300; i++) {
		tcp(fds);
		talk(fds, i % 8 + 1);
	}
	pair(fds);
	talk(fds, 3000);
	tcp(fds);
	talk(fds, 3000);
}

static void test_messages(void **state)
{
	(void)state;
	ends_well(messages);
}

/* 0 bytes are there at once, as for read(2), whether or not there are others.
 */
static void none(void *arg)
{
	int fds[2];
	char c;
	(void)arg;
	for (int kind = 0; kind < 3; kind++) {
		if (kind == 2)
			tcp(fds);
		else
			CHECK(socketpair(AF_UNIX,
					 kind ? SOCK_DGRAM : SOCK_STREAM, 0,
					 fds)
			      == 0);
		CHECK(seam_read(fds[0], &c, 0, SEAM_FOREVER) == 0);
		CHECK(seam_write(fds[1], "x", 1, SEAM_FOREVER) == 1);
		CHECK(seam_read(fds[0], &c, 0, SEAM_FOREVER) == 0);
		CHECK(seam_read(fds[0], &c, 1, SEAM_FOREVER) == 1);
		CHECK(seam_close(fds[0]) == 0 && seam_close(fds[1]) == 0);
	}
}

static void test_none(void **state)
{
	(void)state;
	ends_well(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transfers),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
