/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reused.c - a descriptor that was closed by close(2), which the runtime does
 * not hear of, and whose number is another socket's now: deadlines hold.
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

/* FIRST is how the runtime comes to know of it, THEN of the other. */
static void closed_between(int first, int then)
{
	int fds[2], again[2];
	pair(fds);
	uses[first](fds[0], 0);
	CHECK(close(fds[0]) == 0);
	pair(again);
	CHECK(again[0] == fds[0]);
	uses[then](again[0], soon());
	CHECK(seam_close(fds[1]) == 0);
	close_both(again);
}

static void all(void *arg)
{
	(void)arg;
	for (int i = 0; i < Uses * Uses; i++)
		closed_between(i / Uses, i % Uses);
}

static void test_reused(void **state)
{
	(void)state;
	ends_well(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
