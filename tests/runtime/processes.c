/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * processes.c - fork, vfork, posix_spawn, system and popen on goroutines. The
 * child of fork goes on until it execs or exits, but runs no goroutine.
 */
#define _GNU_SOURCE
#include "scenario.h"

#include <fcntl.h>
#include <spawn.h>

#define NOINLINE __attribute__((noinline))

extern char **environ;

static NOINLINE int deep(int n)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	return n ? deep(n - 1) + room[0] : 0;
}

static int status_of(pid_t pid)
{
	int status;
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static NOINLINE void exec_deep(int n, const char *command)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	if (n)
		exec_deep(n - 1, command);
	else
		execl("/bin/sh", "sh", "-c", command, NULL);
	room[0]++;
}

static void forks(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		exec_deep(100, "exit 7");
		_exit(1);
	}
	CHECK(status_of(pid) == 7);
	pid = fork();
	if (pid == 0) {
		/* It grows, allocates, prints; wakes nobody. */
		seam_chan *c = seam_chan_make(1, 1);
		char *p = malloc(100000);
		memset(p, 1, 100000);
		CHECK(deep(10000) == 10000);
		CHECK(seam_send(c, "", SEAM_FOREVER) == 0);
		_exit(8);
	}
	CHECK(status_of(pid) == 8);
}

static void vforks(void)
{
	pid_t pid = vfork();
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 9", NULL);
		_exit(1);
	}
	CHECK(status_of(pid) == 9);
}

static void spawns(void)
{
	char *const argv[] = { "sh", "-c", "exit 10", NULL };
	char said[20] = "";
	pid_t pid;
	CHECK(posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) == 0);
	CHECK(status_of(pid) == 10);
	CHECK(WEXITSTATUS(system("exit 11")) == 11);
	FILE *f = popen("echo hello", "r");
	CHECK(f && fgets(said, sizeof(said), f));
	CHECK(pclose(f) == 0 && strcmp(said, "hello\n") == 0);
}

static void everything(void)
{
	for (int i = 0; i < 5; i++) {
		forks();
		vforks();
		spawns();
	}
	CHECK(deep(300) == 300);
}

static int busy = 3;

/* Others that allocate, switch and wait meanwhile. */
static void others(void *arg)
{
	(void)arg;
	while (__atomic_load_n(&busy, __ATOMIC_RELAXED)) {
		CHECK(deep(500) == 500);
		seam_chan_free(seam_chan_make(1000, 10));
		seam_sleep(10 * SEAM_US);
	}
}

static void in_many(void *arg)
{
	int64_t ids[3];
	(void)arg;
	for (int i = 0; i < 3; i++)
		ids[i] = seam_go(others, NULL);
	everything();
	__atomic_store_n(&busy, 0, __ATOMIC_RELAXED);
	for (int i = 0; i < 3; i++)
		CHECK(seam_join(ids[i], SEAM_FOREVER) == 0);
}

static void yields(void)
{
	seam_go(others, NULL);
	seam_yield();
}

static void sleeps(void)
{
	seam_sleep(SEAM_US);
}

static void receives(void)
{
	seam_recv(seam_chan_make(1, 0), NULL, SEAM_FOREVER);
}

static void ends(void)
{
	seam_exit();
}

static void (*means)(void);

static void switches_in_child(void *arg)
{
	(void)arg;
	CHECK(seam_setname("forks") == 0);
	pid_t pid = fork();
	if (pid == 0) {
		alarm(100);
		means();
		_exit(0);
	}
	CHECK(status_of(pid) == 2);
}

static void test_processes(void **state)
{
	(void)state;
	ends_well(in_many);
}

static void test_switch_in_child(void **state)
{
	static void (*const ways[])(void) = { yields, sleeps, receives, ends };
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		means = ways[i];
		struct ending end =
			run_with("SEAM_MAXPROCS=2", switches_in_child);
		if (end.status)
			print_error("way %zu: %s\n", i, end.said);
		assert_int_equal(end.status, 0);
		assert_non_null(strstr(end.said,
				       "fatal: goroutines do not run in the "
				       "child of fork()"));
		/* Told of is the goroutine's stack, and no thread's. */
		if (means != ends)
			assert_non_null(strstr(end.said, "\"forks\":\n#0  "));
		assert_true(!strstr(end.said, "switches_in_child\n")
			    == (means == ends));
		assert_null(strstr(end.said, "seam_run"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_processes),
		cmocka_unit_test(test_switch_in_child),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
