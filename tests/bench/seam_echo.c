/* SPDX-License-Identifier: BSD-2-Clause */
/* seam_echo.c - an echo server: a goroutine for each connection. For load.c. */
#include "listen.h"
#include "seam.h"

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

int main(void)
{
	int listener = listen_anywhere();
	if (seam_run(serve, &listener) < 0)
		fail("seam_run");
	return 0;
}
