/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "util/array.h"
#include "util/output.h"

/* Without one of ours, libc would take one of its own size. */
enum { OutputBuffer = 1 << 20 };

static volatile sig_atomic_t printing, interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = true;
	if (!printing)
		_exit(EXIT_INTERRUPTED);
}

void output_watch(void)
{
	/* Without SA_RESTART: a write that nobody reads is to end. */
	const struct sigaction wanted = { .sa_handler = interrupt };
	struct sigaction before;

	if (sigaction(SIGINT, NULL, &before) == 0
	    && before.sa_handler != SIG_IGN)
		sigaction(SIGINT, &wanted, NULL);
}

static ssize_t write_some(void *cookie, const char *bytes, size_t n)
{
	size_t done = 0;

	(void)cookie;
	while (done < n) {
		ssize_t now = write(STDOUT_FILENO, bytes + done, n - done);

		if (interrupted)
			_exit(EXIT_INTERRUPTED);
		if (now < 0 && errno != EINTR)
			return 0;
		done += now < 0 ? 0 : now;
	}
	return n;
}

static int finish(void *cookie)
{
	(void)cookie;
	if (interrupted)
		_exit(EXIT_INTERRUPTED);
	printing = false;
	return 0;
}

FILE *output_open(void)
{
	static char buffer[OutputBuffer];
	const cookie_io_functions_t functions = { .write = write_some,
						  .close = finish };
	FILE *out = fopencookie(NULL, "w", functions);

	if (!out)
		out_of_memory();
	setvbuf(out, buffer, _IOFBF, sizeof(buffer));
	printing = true;
	return out;
}
