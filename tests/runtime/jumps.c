/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jumps.c - longjmp out of newer segments into older ones that lie above or
 * below them, and from a handler that comes amid the way to one. Segments come
 * from an arena, upwards or downwards.
 */
#include "scenario.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <ucontext.h>

#define NOINLINE  __attribute__((noinline))
#define UNCHECKED __attribute__((noinline, no_split_stack))

enum { ARENA = 1 << 30 };
static char *arena;
static size_t taken;
static int upwards;

UNCHECKED void *stackalloc(size_t n)
{
	size_t end = __atomic_add_fetch(&taken, n, __ATOMIC_RELAXED);
	if (end > ARENA)
		return NULL;
	return arena + (upwards ? end - n : ARENA - end);
}

UNCHECKED void stackfree(void *p)
{
	(void)p;
}

static UNCHECKED uintptr_t guard(void)
{
	uintptr_t g;
	__asm__ volatile("movq %%fs:0x70, %0" : "=r"(g));
	return g;
}

static NOINLINE int deep(int n)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	return n ? deep(n - 1) + room[0] : 0;
}

static NOINLINE void climb(int n, void (*leap)(void *), void *arg)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	if (n)
		climb(n - 1, leap, arg);
	else
		leap(arg);
	room[0]++;
}

static void leap(void *env)
{
	longjmp(*(jmp_buf *)env, 7);
}

static void leap_with_0(void *env)
{
	_longjmp(*(jmp_buf *)env, 0);
}

static void leap_with_mask(void *env)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	siglongjmp(*(sigjmp_buf *)env, 7);
}

static void leap_after_wait(void *env)
{
	seam_sleep(SEAM_MS);
	leap(env);
}

/* Whether the jump goes as wanted, with the guard of here and room to grow. */
static NOINLINE int jumps(void (*how)(void *), int value)
{
	jmp_buf env;
	volatile uintptr_t before = guard();
	int got = setjmp(env);
	if (!got)
		climb(100, how, env);
	CHECK(got == value);
	CHECK(guard() == before);
	return deep(300) == 300;
}

static NOINLINE int mask_jumps(void)
{
	sigjmp_buf env;
	sigset_t mask, now;
	volatile uintptr_t before = guard();
	sigprocmask(SIG_BLOCK, NULL, &mask);
	if (!sigsetjmp(env, 1))
		climb(100, leap_with_mask, env);
	CHECK(guard() == before);
	sigprocmask(SIG_BLOCK, NULL, &now);
	CHECK(sigismember(&now, SIGUSR1) == sigismember(&mask, SIGUSR1));
	return deep(300) == 300;
}

static jmp_buf sorting;

static int order(const void *a, const void *b)
{
	(void)a;
	(void)b;
	climb(50, leap, sorting);
	return 0;
}

/* Over libc's frames. */
static NOINLINE int sort_jumps(void)
{
	int a[10] = { 0 };
	volatile uintptr_t before = guard();
	if (!setjmp(sorting))
		qsort(a, 10, sizeof(*a), order);
	CHECK(guard() == before);
	return deep(300) == 300;
}

static sigjmp_buf fault;

static void on_fault(int sig)
{
	(void)sig;
	siglongjmp(fault, 1);
}

static void touch(void *p)
{
	*(volatile char *)p = 1;
}

/* From the signal stack, again and again: it is left each time. */
static NOINLINE int fault_jumps(void)
{
	struct sigaction act = { .sa_handler = on_fault,
				 .sa_flags = SA_ONSTACK };
	volatile uintptr_t before = guard();
	volatile int n = 0;
	CHECK(sigaction(SIGSEGV, &act, NULL) == 0);
	if (sigsetjmp(fault, 1) < 1 || n < 5) {
		n++;
		climb(100, touch, NULL);
	}
	CHECK(guard() == before && n == 5);
	return deep(300) == 300;
}

/* A coroutine of the program's own, on a stack of its own, which stays. */

static ucontext_t here, there;

static void coroutine(void)
{
	for (;;) {
		CHECK(deep(50) == 50);
		swapcontext(&there, &here);
	}
}

static NOINLINE int contexts(void)
{
	enum { Room = 65536 };
	uintptr_t before = guard();
	CHECK(getcontext(&there) == 0);
	there.uc_stack.ss_sp = malloc(Room);
	there.uc_stack.ss_size = Room;
	makecontext(&there, coroutine, 0);
	for (int i = 0; i < 5; i++) {
		CHECK(swapcontext(&here, &there) == 0);
		CHECK(guard() == before);
		CHECK(deep(300) == 300);
	}
	free(there.uc_stack.ss_sp);
	return 1;
}

/*
 * From a signal handler, at each instruction of a crossing that takes the spare
 * segment: another process steps through it, from one int3 to the next.
 */

#define MARK __asm__ volatile("int3" : : : "memory")

static volatile long more = 1; /* a word, for ptrace */
static sigjmp_buf before_crossing;

static void on_step(int sig)
{
	(void)sig;
	siglongjmp(before_crossing, 1);
}

static volatile uintptr_t inside; /* the guard in what was called */

static NOINLINE void large(void)
{
	volatile char room[100000];
	room[0] = 0;
	inside = guard() + (uintptr_t)room[0];
}

static NOINLINE void calls_libc(void)
{
	volatile char room[200];
	room[0] = getppid() < 0;
	inside = guard() + (uintptr_t)room[0];
}

static void (*crossing)(void);

/* False: it is not behind a seam. */
static NOINLINE int cross(void)
{
	volatile uintptr_t before = guard();
	crossing(); /* this brings the segment */
	if (inside == before)
		return 0;
	if (!sigsetjmp(before_crossing, 1)) {
		MARK;
		crossing();
		MARK;
	}
	CHECK(guard() == before);
	CHECK(deep(300) == 300);
	return guard() == before;
}

/* As deep as need be. */
static NOINLINE void crossings(void)
{
	volatile char room[500];
	room[0] = 1;
	while (more)
		if (!cross())
			crossings();
	room[0]++;
}

static void all_crossings(void *arg)
{
	struct sigaction act = { .sa_handler = on_step,
				 .sa_flags = SA_ONSTACK };
	(void)arg;
	CHECK(sigaction(SIGUSR1, &act, NULL) == 0);
	crossings();
}

/* Let PID go on with SIG; where it stops then. */
static uint64_t stop(pid_t pid, enum __ptrace_request how, int sig)
{
	struct user_regs_struct regs;
	int status;
	CHECK(ptrace(how, pid, NULL, (void *)(intptr_t)sig) == 0);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	CHECK(ptrace(PTRACE_GETREGS, pid, NULL, &regs) == 0);
	return regs.rip;
}

static void steps(pid_t pid, int n)
{
	while (n--)
		stop(pid, PTRACE_SINGLESTEP, 0);
}

/* From mark to mark. */
static int length(pid_t pid, uint64_t begin)
{
	uint64_t end = stop(pid, PTRACE_CONT, 0);
	CHECK(stop(pid, PTRACE_CONT, 0) == begin);
	int n = 1;
	while (stop(pid, PTRACE_SINGLESTEP, 0) != end)
		n++;
	CHECK(stop(pid, PTRACE_CONT, 0) == begin);
	return n;
}

static void step_through(pid_t pid)
{
	int status;
	CHECK(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	uint64_t begin = stop(pid, PTRACE_CONT, 0);
	int n = length(pid, begin);
	CHECK(n > 50);
	for (int i = 1; i < n; i++) {
		steps(pid, i);
		fprintf(stderr, "after %d of %d instructions\n", i, n);
		CHECK(stop(pid, PTRACE_CONT, SIGUSR1) == begin);
	}
	CHECK(ptrace(PTRACE_POKEDATA, pid, &more, NULL) == 0);
	CHECK(ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)SIGUSR1) == 0);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void stepped(void (*fn)(void *))
{
	setenv("SEAM_MAXPROCS", "1", 1);
	pid_t pid = fork();
	if (pid) {
		step_through(pid);
		return;
	}
	CHECK(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
	raise(SIGSTOP);
	as_goroutine(fn);
	_exit(0);
}

static void *thread(void *arg)
{
	CHECK(jumps(leap, 7));
	return arg;
}

static void everything(void *arg)
{
	pthread_t t;
	(void)arg;
	CHECK(mask_jumps()); /* on the first thread, before any wait */
	for (int i = 0; i < 5; i++) {
		CHECK(jumps(leap, 7));
		CHECK(jumps(leap_with_0, 1));
		CHECK(jumps(leap_after_wait, 7));
		CHECK(mask_jumps());
		CHECK(sort_jumps());
		CHECK(contexts());
	}
	CHECK(fault_jumps());
	CHECK(pthread_create(&t, NULL, thread, NULL) == 0);
	CHECK(pthread_join(t, NULL) == 0);
}

static void leaps(void (*fn)(void))
{
	crossing = fn;
	struct ending end = run_as(stepped, "SEAM_DEBUG=stay", all_crossings);
	if (end.status)
		print_error("%s\n", end.said);
	assert_int_equal(end.status, 0);
}

static void goes(int up)
{
	upwards = up;
	arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(arena, MAP_FAILED);
	ends_well(everything);
	leaps(large);
	leaps(calls_libc);
	munmap(arena, ARENA);
}

static void test_older_is_lower(void **state)
{
	(void)state;
	goes(1);
}

static void test_older_is_higher(void **state)
{
	(void)state;
	goes(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_older_is_lower),
		cmocka_unit_test(test_older_is_higher),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
