/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "util/array.h"
#include "util/output.h"

/* Without one of ours, libc would take one of its own size. */
enum { OutputBuffer = 1 << 20 };

/* All that a handler can reach, and so not main's. */
static volatile sig_atomic_t state;
enum { QUIET, PRINTING, INTERRUPTED };

static void interrupt(int signal)
{
	(void)signal;
	if (state == QUIET)
		_exit(EXIT_INTERRUPTED);
	state = INTERRUPTED;
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

		if (state == INTERRUPTED)
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
	if (state == INTERRUPTED)
		_exit(EXIT_INTERRUPTED);
	state = QUIET;
	return 0;
}

struct output output_open(void)
{
	const cookie_io_functions_t functions = { .write = write_some,
						  .close = finish };
	struct output o = {
		.stream = fopencookie(NULL, "w", functions),
		.buffer = array_new(OutputBuffer, 1),
	};

	if (!o.stream)
		out_of_memory();
	setvbuf(o.stream, o.buffer, _IOFBF, OutputBuffer);
	state = PRINTING;
	return o;
}

bool output_close(struct output *o)
{
	bool bad = ferror(o->stream);

	errno = 0;
	return fclose(o->stream) == 0 && !bad;
}
