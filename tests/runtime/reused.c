/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reused.c - a socket that was closed by close(2), which the runtime does not
 * hear of, and whose number is another socket's now: deadlines hold, and who
 * has tried before it waits hears of what comes.
 */
#include "descriptors.h"

static int64_t soon(void)
{
	return seam_now() + 20 * SEAM_MS;
}

static void reads(int fd, int64_t deadline)
{
	char c;
	FAILS(seam_read(fd, &c, 1, deadline), ETIMEDOUT);
}

static void writes(int fd, int64_t deadline)
{
	static const char much[1 << 20];
	ssize_t n = seam_write(fd, much, sizeof(much), deadline);
	CHECK(n < (ssize_t)sizeof(much) && errno == ETIMEDOUT);
}

static void awaits(int fd, int64_t deadline)
{
	FAILS(seam_wait_fd(fd, SEAM_IN, deadline), ETIMEDOUT);
}

static void (*const uses[])(int fd, int64_t deadline) = { reads, writes,
							  awaits };
enum { Uses = sizeof(uses) / sizeof(*uses) };

/* A pair whose first has the number of one that was used so, and is closed. */
static void reuse(void (*use)(int fd, int64_t deadline), int fds[2])
{
	int old[2];
	pair(old);
	use(old[0], 0);
	CHECK(close(old[0]) == 0);
	pair(fds);
	CHECK(fds[0] == old[0]);
	CHECK(seam_close(old[1]) == 0);
}

static void all(void *arg)
{
	int fds[2];
	(void)arg;
	for (int i = 0; i < Uses * Uses; i++) {
		reuse(uses[i / Uses], fds);
		uses[i % Uses](fds[0], soon());
		close_both(fds);
	}
}

static void answers(void *arg)
{
	seam_sleep(5 * SEAM_MS);
	CHECK(seam_write((int)(intptr_t)arg, "x", 1, SEAM_FOREVER) == 1);
}

static void drains(void *arg)
{
	static char much[1 << 20];
	seam_sleep(5 * SEAM_MS);
	while (seam_read((int)(intptr_t)arg, much, sizeof(much), SEAM_FOREVER))
		continue;
}

static void hears(void *arg)
{
	static const char much[1 << 20];
	int fds[2];
	char c;
	(void)arg;
	reuse(writes, fds);
	start(answers, (void *)(intptr_t)fds[1]);
	CHECK(seam_read(fds[0], &c, 1, SEAM_FOREVER) == 1 && c == 'x');
	join();
	close_both(fds);
	reuse(reads, fds);
	start(drains, (void *)(intptr_t)fds[1]);
	CHECK(seam_write(fds[0], much, sizeof(much), SEAM_FOREVER)
	      == sizeof(much));
	CHECK(shutdown(fds[0], SHUT_WR) == 0);
	join();
	close_both(fds);
}

static void test_reused(void **state)
{
	(void)state;
	ends_well(all);
}

static void test_hearing(void **state)
{
	(void)state;
	ends_well(hears);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reused),
		cmocka_unit_test(test_hearing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
