/* SPDX-License-Identifier: BSD-2-Clause */
/* A live process: one whose first thread has ended, one that is another program
 * or has other code by the time that it is stopped, and one whose threads come
 * and go. */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "layout/program.h"
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

static void leave_a_thread_when_told(void)
{
	pthread_t other;
	char byte;

	close(pipe_of_child[1]);
	pthread_create(&other, NULL, stay, NULL);
	if (read(pipe_of_child[0], &byte, 1) != 0)
		_exit(1);
	close(pipe_of_exec[1]);
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

static pthread_attr_t detached;

static void *come_and_go(void *arg)
{
	pthread_t next;

	usleep(100);
	if (pthread_create(&next, &detached, come_and_go, NULL) != 0)
		abort();
	return arg;
}

enum { Churning = 20, Looks = 30 };

/* As many threads as before at any time, each of which lives for a moment. */
static void churn(void)
{
	pthread_t one;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < Churning; i++)
		pthread_create(&one, &detached, come_and_go, NULL);
	for (;;)
		pause();
}

/* Code of a file, or memory of its own, when it is told to. */
static void map_when_told(int protection, int flags, int file)
{
	char byte;

	close(pipe_of_child[1]);
	if (read(pipe_of_child[0], &byte, 1) != 0
	    || mmap(NULL, 1, protection, MAP_PRIVATE | flags, file, 0)
		       == MAP_FAILED)
		_exit(1);
	close(pipe_of_exec[1]);
	for (;;)
		pause();
}

static void map_code(void)
{
	map_when_told(PROT_READ | PROT_EXEC, 0,
		      open("/proc/self/exe", O_RDONLY));
}

static void map_memory(void)
{
	map_when_told(PROT_READ | PROT_EXEC, MAP_ANONYMOUS, -1);
}

/* A library of libc's that nobody else uses. */
#define Library "libanl.so.1"

static void load_when_told(void)
{
	char byte;

	close(pipe_of_child[1]);
	if (read(pipe_of_child[0], &byte, 1) != 0 || !dlopen(Library, RTLD_NOW))
		_exit(1);
	close(pipe_of_exec[1]);
	for (;;)
		pause();
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
	assert_null(target_open_live(pid, NULL, &t));
	assert_null(target_stop(t));
	assert_int_equal(t->threads.n, 1);
	assert_int_not_equal(t->threads.items[0].tid, pid);
	assert_null(target_read(t, addr((uintptr_t)&marker), &word, 8));
	assert_int_equal(word, marker);
	end(pid, t);
}

/* A target of what CHILD runs, which has done it by now. */
static int open_and_let(void (*child)(void), struct target **ret)
{
	char byte;
	int pid;

	assert_int_equal(pipe2(pipe_of_child, O_CLOEXEC), 0);
	assert_int_equal(pipe2(pipe_of_exec, O_CLOEXEC), 0);
	pid = start(child);
	close(pipe_of_child[0]);
	close(pipe_of_exec[1]);
	assert_null(target_open_live(pid, NULL, ret));
	close(pipe_of_child[1]);
	assert_int_equal(read(pipe_of_exec[0], &byte, 1), 0);
	close(pipe_of_exec[0]);
	return pid;
}

static void first_thread_may_end_meanwhile(void **state)
{
	uint64_t word = 0;
	struct target *t;
	int pid = open_and_let(leave_a_thread_when_told, &t);

	(void)state;
	while (!procfs_ended(pid, pid))
		usleep(1000);
	assert_null(target_stop(t));
	assert_int_equal(t->threads.n, 1);
	assert_null(target_read(t, addr((uintptr_t)&marker), &word, 8));
	assert_int_equal(word, marker);
	end(pid, t);
}

static bool is_blocked(int signal)
{
	sigset_t set;

	sigprocmask(SIG_BLOCK, NULL, &set);
	return sigismember(&set, signal);
}

/* Nor by a signal that it never gets. */
static void nobody_stops_us_while_we_hold_a_process(void **state)
{
	int pid = start((void (*)(void))pause);
	struct target *t;

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_null(target_open_live(pid, NULL, &t));
	assert_null(target_stop(t));
	assert_true(is_blocked(SIGTSTP));
	assert_ptr_equal(signal(SIGCHLD, SIG_DFL), SIG_DFL);
	target_resume(t);
	assert_false(is_blocked(SIGTSTP));
	end(pid, t);
}

static int has_name(Dwfl_Module *m, void **data, const char *name,
		    Dwarf_Addr start, void *found)
{
	(void)m, (void)data, (void)start;
	*(bool *)found |= strstr(name, Library) != NULL;
	return DWARF_CB_OK;
}

static bool knows_library(const struct program *p)
{
	bool found = false;

	dwfl_getmodules(p->dwfl, has_name, &found, 0);
	return found;
}

static void a_library_that_comes_is_known(void **state)
{
	struct program *p;
	struct target *t;
	int pid = open_and_let(load_when_told, &t);
	char *path;

	(void)state;
	assert_null(program_open(t, &p));
	assert_false(knows_library(p));
	path = strdup(p->path);
	assert_null(target_stop(t));
	assert_true(t->remapped);
	target_resume(t);
	assert_null(program_renew(p, t));
	assert_true(knows_library(p));
	assert_string_equal(p->path, path);
	free(path);
	program_close(p);
	end(pid, t);
}

static void other_code_is_noticed(void **state)
{
	struct target *t;
	int pid = open_and_let(map_code, &t);

	(void)state;
	assert_null(target_stop(t));
	assert_true(t->remapped);
	end(pid, t);
	pid = open_and_let(map_memory, &t);
	assert_null(target_stop(t));
	assert_false(t->remapped);
	end(pid, t);
}

static void another_program_is_told(void **state)
{
	struct target *t;
	struct error *e;
	int pid;

	(void)state;
	pid = open_and_let(call_exec, &t);
	e = target_stop(t);
	assert_non_null(e);
	assert_non_null(strstr(e->text, "it has called exec"));
	error_free(e);
	end(pid, t);
}

/* How many threads of PID there are, and run. */
static size_t count_threads(int pid, size_t *running)
{
	char path[300];
	size_t n = 0;
	struct dirent *d;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	assert_non_null(tasks);
	for (*running = 0; (d = readdir(tasks));) {
		char text[200] = "", *state;
		FILE *stat;

		snprintf(path, sizeof(path), "/proc/%d/task/%s/stat", pid,
			 d->d_name);
		stat = d->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (!stat)
			continue;
		fgets(text, sizeof(text), stat);
		fclose(stat);
		state = strrchr(text, ')');
		if (!state || strchr("XZ", state[2]))
			continue;
		n++;
		*running += state[2] != 't';
	}
	closedir(tasks);
	return n;
}

static void threads_may_come_and_go(void **state)
{
	int pid = start(churn);

	(void)state;
	usleep(20000);
	for (int i = 0; i < Looks; i++) {
		size_t running, n;
		struct target *t;

		assert_null(target_open_live(pid, NULL, &t));
		assert_null(target_stop(t));
		n = count_threads(pid, &running);
		assert_int_equal(running, 0);
		assert_int_equal(t->threads.n, n);
		target_close(t);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_thread_may_have_ended),
		cmocka_unit_test(first_thread_may_end_meanwhile),
		cmocka_unit_test(nobody_stops_us_while_we_hold_a_process),
		cmocka_unit_test(another_program_is_told),
		cmocka_unit_test(a_library_that_comes_is_known),
		cmocka_unit_test(other_code_is_noticed),
		cmocka_unit_test(threads_may_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
