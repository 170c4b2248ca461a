/* SPDX-License-Identifier: BSD-2-Clause */
/* A live process: one whose first thread has ended, and one that is another
 * program by the time that it is stopped. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "target/live.h"

/* At the same address in the child. */
static uint64_t marker = 0x1234;

static int pipe_of_child[2]; /* closed when the child is to go on */
static int pipe_of_exec[2];  /* closed when it has called exec */

static void *stay(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void leave_a_thread(void)
{
	pthread_t other;

	pthread_create(&other, NULL, stay, NULL);
	pthread_exit(NULL);
}

static void call_exec(void)
{
	char byte;

	close(pipe_of_child[1]);
	close(pipe_of_exec[0]);
	if (read(pipe_of_child[0], &byte, 1) == 0)
		execl("/bin/sleep", "sleep", "1000", NULL);
	_exit(1);
}

static int start(void (*child)(void))
{
	int pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		child();
	return pid;
}

static void end(int pid, struct target *t)
{
	target_close(t);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void first_thread_may_have_ended(void **state)
{
	int pid = start(leave_a_thread);
	uint64_t word = 0;
	struct target *t;

	(void)state;
	while (!procfs_ended(pid, pid))
		usleep(1000);
	assert_null(target_open_live(pid, &t));
	assert_null(target_stop(t));
	assert_int_equal(t->threads.n, 1);
	assert_int_not_equal(t->threads.items[0].tid, pid);
	assert_null(target_read(t, addr((uintptr_t)&marker), &word, 8));
	assert_int_equal(word, marker);
	end(pid, t);
}

static void another_program_is_told(void **state)
{
	struct target *t;
	struct error *e;
	char byte;
	int pid;

	(void)state;
	assert_int_equal(pipe2(pipe_of_child, O_CLOEXEC), 0);
	assert_int_equal(pipe2(pipe_of_exec, O_CLOEXEC), 0);
	pid = start(call_exec);
	close(pipe_of_child[0]);
	close(pipe_of_exec[1]);
	assert_null(target_open_live(pid, &t));
	close(pipe_of_child[1]);
	assert_int_equal(read(pipe_of_exec[0], &byte, 1), 0);
	e = target_stop(t);
	assert_non_null(e);
	assert_non_null(strstr(e->text, "it has called exec"));
	error_free(e);
	end(pid, t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_thread_may_have_ended),
		cmocka_unit_test(another_program_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
