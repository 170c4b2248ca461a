/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signals.c - handlers of a program's own, however they were set, run on the
 * signal stack, with room for libc, at any depth of a goroutine's stack.
 */
#define _GNU_SOURCE
#include "scenario.h"

#include <sys/mman.h>
#include <sys/time.h>

#define NOINLINE  __attribute__((noinline))
#define UNCHECKED __attribute__((noinline, no_split_stack))

/* Segments, each with a page before and behind it that nobody may touch. */
enum { PAGE = 4096 };

UNCHECKED void *stackalloc(size_t n)
{
	size_t room = (n + PAGE - 1) & -(size_t)PAGE;
	char *p = mmap(NULL, room + 2 * PAGE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED
	    || mprotect(p + PAGE, room, PROT_READ | PROT_WRITE) != 0)
		return NULL;
	/* Its low end is at the low page. */
	return p + PAGE;
}

UNCHECKED void stackfree(void *p)
{
	(void)p;
}

static volatile int handled;
static volatile uintptr_t handled_at;

/* libc's printing, and more than a small segment holds. */
static UNCHECKED void unchecked(int sig)
{
	char text[3000];
	int n = snprintf(text, sizeof(text), "%d %f %Lf", sig, 1.5, 2.5L);
	handled += n > 0;
	handled_at = (uintptr_t)text;
}

static NOINLINE int deep(int n)
{
	volatile char room[100];
	room[0] = room[99] = 1;
	return n ? deep(n - 1) + room[0] : 0;
}

static NOINLINE void checked(int sig)
{
	handled += deep(20) == 20;
	unchecked(sig);
	handled--;
}

static UNCHECKED void with_info(int sig, siginfo_t *info, void *context)
{
	CHECK(info->si_signo == sig && context);
	unchecked(sig);
}

/* A signal at each depth, on small segments and on large ones. */
static NOINLINE void climb(int n)
{
	volatile char room[40];
	room[0] = room[39] = 1;
	int before = handled;
	raise(SIGUSR1);
	CHECK(handled == before + 1);
	uintptr_t here = (uintptr_t)room;
	CHECK(handled_at > here || here - handled_at > 16 * PAGE);
	if (n)
		climb(n - 1);
	room[0]++;
}

static void climbs(void)
{
	struct sigaction now;
	climb(200);
	CHECK(sigaction(SIGUSR1, NULL, &now) == 0);
	CHECK(now.sa_flags & SA_ONSTACK);
}

static void by_sigaction(void)
{
	struct sigaction act = { .sa_handler = unchecked }, old;
	CHECK(sigaction(SIGUSR1, &act, NULL) == 0);
	climbs();
	act.sa_handler = checked;
	act.sa_flags = SA_RESTART;
	CHECK(sigaction(SIGUSR1, &act, &old) == 0);
	CHECK(old.sa_handler == unchecked);
	climbs();
	act.sa_sigaction = with_info;
	act.sa_flags = SA_SIGINFO;
	CHECK(sigaction(SIGUSR1, &act, NULL) == 0);
	climbs();
	act.sa_handler = checked;
	act.sa_flags = SA_ONSTACK;
	CHECK(sigaction(SIGUSR1, &act, NULL) == 0);
	climbs();
}

static void by_signal(void)
{
	CHECK(signal(SIGUSR1, unchecked) != SIG_ERR);
	CHECK(signal(SIGUSR1, checked) == unchecked);
	climbs();
	CHECK(signal(SIGUSR1, SIG_IGN) == checked);
	raise(SIGUSR1);
	CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
	CHECK(signal(99, unchecked) == SIG_ERR && errno == EINVAL);
	CHECK(signal(SIGUSR1, SIG_ERR) == SIG_ERR && errno == EINVAL);
	CHECK(signal(SIGKILL, unchecked) == SIG_ERR && errno == EINVAL);
}

static void by_system_v(void)
{
	struct sigaction now;
	CHECK(sysv_signal(SIGUSR1, unchecked) == SIG_DFL);
	int before = handled;
	raise(SIGUSR1);
	CHECK(handled == before + 1);
	CHECK(sigaction(SIGUSR1, NULL, &now) == 0 && now.sa_handler == SIG_DFL);
}

/* At any instruction: a timer's, while segments come and go. */
static void by_timer(void)
{
	struct sigaction act = { .sa_handler = unchecked,
				 .sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 100 }, { 0, 100 } }, never = { 0 };
	CHECK(sigaction(SIGALRM, &act, NULL) == 0);
	handled = 0;
	setitimer(ITIMER_REAL, &often, NULL);
	while (handled < 100)
		CHECK(deep(300) == 300);
	setitimer(ITIMER_REAL, &never, NULL);
	CHECK(signal(SIGALRM, SIG_DFL) == unchecked);
	alarm(100);
}

static void everything(void *arg)
{
	(void)arg;
	by_sigaction();
	by_signal();
	by_system_v();
	by_timer();
}

/*
 * On a thread that the runtime has made: what is blocked is what the first one
 * blocked, and children begin so.
 */

static void ended_by_term(int status)
{
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static int apart;

static void elsewhere(void *arg)
{
	sigset_t mask;
	int status;
	(void)arg;
	while (gettid() == getpid())
		seam_sleep(100 * SEAM_US);
	CHECK(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
	CHECK(sigismember(&mask, SIGUSR2) && !sigismember(&mask, SIGTERM));
	CHECK(signal(SIGUSR1, unchecked) == SIG_DFL);
	int before = handled;
	raise(SIGUSR1);
	CHECK(handled == before + 1);
	pid_t pid = fork();
	if (!pid) {
		execl("/bin/sleep", "sleep", "100", NULL);
		_exit(1);
	}
	CHECK(kill(pid, SIGTERM) == 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	ended_by_term(status);
	ended_by_term(system("kill -TERM $$"));
	__atomic_store_n(&apart, 1, __ATOMIC_SEQ_CST);
}

static void masks(void *arg)
{
	seam_go(elsewhere, arg);
	while (!__atomic_load_n(&apart, __ATOMIC_SEQ_CST))
		__builtin_ia32_pause();
}

static void blocking(void (*fn)(void *))
{
	sigset_t mask;
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	CHECK(sigprocmask(SIG_SETMASK, &mask, NULL) == 0);
	as_goroutine(fn);
}

static void test_masks(void **state)
{
	(void)state;
	struct ending end = run_as(blocking, "SEAM_MAXPROCS=2", masks);
	if (end.status)
		print_error("%s\n", end.said);
	assert_int_equal(end.status, 0);
}

static void test_handlers(void **state)
{
	(void)state;
	ends_well(everything);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handlers),
		cmocka_unit_test(test_masks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
