/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody who waits reads, through a pipe. */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "test.h"
#include "util/progress.h"

enum { Never = 1000000000 };

/* Read FD until the text that came ends with END. */
static void expect(int fd, const char *end)
{
	static char text[4096];
	size_t n = 0;

	do {
		ssize_t more = read(fd, text + n, sizeof(text) - 1 - n);

		assert_true(more > 0);
		n += more;
		text[n] = '\0';
	} while (n < strlen(end) || strcmp(text + n - strlen(end), end) != 0);
}

static void tells_how_far(void **state)
{
	struct progress p = { 0 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	progress_stage(&p, "reading", 0);
	progress_start(&p, fds[1], 0);
	expect(fds[0], "\r\033[Kseam: reading");
	progress_stage(&p, "unwinding", 100);
	progress_done(&p, 42);
	expect(fds[0], "\r\033[Kseam: unwinding: 42 of 100");
	progress_stop(&p);
	close(fds[1]);
	expect(fds[0], "\r\033[K");
	assert_int_equal(read(fds[0], fds, 1), 0);
	close(fds[0]);
}

/* A signal that the first thread blocks is left to it, not taken by the other.
 */
static void leaves_signals_alone(void **state)
{
	struct progress p = { 0 };
	const struct timespec none = { 0 };
	sigset_t child;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	progress_start(&p, fds[1], Never);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	kill(getpid(), SIGCHLD);
	usleep(100000);
	assert_int_equal(sigtimedwait(&child, NULL, &none), SIGCHLD);
	progress_stop(&p);
	close(fds[0]);
	close(fds[1]);
}

static void says_nothing_before(void **state)
{
	struct progress p = { 0 };
	int fds[2];
	char c;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	progress_start(&p, fds[1], Never);
	progress_done(&p, 7);
	progress_stop(&p);
	progress_stop(&p);
	close(fds[1]);
	assert_int_equal(read(fds[0], &c, 1), 0);
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_how_far),
		cmocka_unit_test(leaves_signals_alone),
		cmocka_unit_test(says_nothing_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
