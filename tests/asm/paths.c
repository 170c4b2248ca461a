/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paths.c - the program that step.c steps through: it goes every way through
 * asm/ with known functions on its stacks. paths end | deadlock: how it ends.
 */
#include <complex.h>
#include <errno.h>
#include <seam.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "called.h"

/* More than any segment that follows from doubling has left. */
enum { ALWAYS_GROWS = 100000 };
/* Frames that do not fit into the smallest segments, all together. */
enum { SMALL_FRAMES = 30 };
/* Calls across one seam, for whatever the runtime keeps from the first. */
enum { AGAIN = 3 };

#define MUST(cond)                                                             \
	do {                                                                   \
		if (!(cond))                                                   \
			_exit(10);                                             \
	} while (0)

typedef volatile struct shadow Shadow;

volatile struct shadows shadows;

void anchor_r12(void (*fn)(void));
void anchor_r13(void);
void anchor_r14(void);
void anchor_r15(void);
void anchor_rbp(void);
int varargs_grow(Shadow *me, int n, ...);
int varargs_libc(Shadow *me, char *buf, size_t size, const char *fmt, ...);

/*
 * Segments above every mapping: so a signal handler, on its own stack, is
 * below the guard and its checks fire. Both without a check of their own, for
 * they are in no shadow.
 */
static char *arena;
static size_t arena_used;
enum { ARENA_SIZE = 4 << 20 };

__attribute__((no_split_stack)) void *stackalloc(size_t size)
{
	MUST(size <= ARENA_SIZE - arena_used);
	arena_used += size;
	return arena + arena_used - size;
}

__attribute__((no_split_stack)) void stackfree(void *segment)
{
	(void)segment;
}

/*
 * Growing
 */

static NOINLINE int small(Shadow *me, int n)
{
	TAKE_ROOM(150);
	begin(me);
	int below = n ? CALL(me, small, n - 1) : 0;
	return END(me, below + 1);
}

static NOINLINE int large(Shadow *me, int n)
{
	TAKE_ROOM(ALWAYS_GROWS);
	begin(me);
	int below = n ? CALL(me, large, n - 1) : 0;
	return END(me, below + 1);
}

static NOINLINE long arguments(Shadow *me, long a, long b, long c, long d,
			       long e, double f, long g, long h, long i)
{
	TAKE_ROOM(ALWAYS_GROWS);
	begin(me);
	return END(me, a + b + c + d + e + (long)f + g + h + i);
}

/*
 * Returning: rax rdx, xmm0 xmm1, st0 st1
 */

static NOINLINE __int128 wide(Shadow *me, __int128 x)
{
	TAKE_ROOM(ALWAYS_GROWS);
	begin(me);
	return END(me, x);
}

static NOINLINE complex double vectors(Shadow *me, complex double x)
{
	TAKE_ROOM(ALWAYS_GROWS);
	begin(me);
	return END(me, x);
}

static NOINLINE long double x87(Shadow *me, long double x)
{
	TAKE_ROOM(ALWAYS_GROWS);
	begin(me);
	return END(me, x);
}

static NOINLINE complex long double x87s(Shadow *me, complex long double x)
{
	TAKE_ROOM(ALWAYS_GROWS);
	begin(me);
	return END(me, x);
}

/*
 * Calling code without checks: with room on the second call
 */

static NOINLINE int libc(Shadow *me, int n)
{
	begin(me);
	int pid = getppid();
	int below = n ? CALL(me, libc, n - 1) : 0;
	return END(me, below + (pid > 0));
}

static NOINLINE int libc_varargs(Shadow *me)
{
	char buf[50];
	begin(me);
	getppid();
	int n = CALL(me, varargs_libc, buf, sizeof(buf), "%d %g", 7, 1.5);
	return END(me, n);
}

/* Too much for the segment: the next check then asks, and has room. */
static NOINLINE int takes_block(Shadow *me, size_t n)
{
	begin(me);
	volatile char *p = __builtin_alloca(n);
	p[n - 1] = 1;
	int below = CALL(me, small, 1);
	return END(me, below + p[n - 1]);
}

/*
 * Switching
 */

/* Call FN through the anchors. OURS is FN as well, unless it is the runtime's.
 */
static NOINLINE int anchored(Shadow *me, void (*fn)(void), const void *ours)
{
	const void *const called[] = {
		(void *)anchor_r12, (void *)anchor_r13, (void *)anchor_r14,
		(void *)anchor_r15, (void *)anchor_rbp, ours,
	};
	const size_t n = sizeof(called) / sizeof(*called) - (ours ? 0 : 1);
	begin(me);
	for (size_t i = 0; i < n; i++)
		push(me, called[i]);
	anchor_r12(fn);
	for (size_t i = 0; i < n; i++)
		pop(me);
	return END(me, 0);
}

static NOINLINE int yields(Shadow *me)
{
	begin(me);
	void (*yield)(void) = (void (*)(void))seam_yield;
	for (int i = 0; i < AGAIN; i++)
		LEAVING(me, CALL(me, anchored, yield, NULL));
	return END(me, 0);
}

/* So that the other goroutine's registers lead to another chain; and errno. */
static NOINLINE int yields_too(Shadow *me)
{
	begin(me);
	errno = EDOM;
	CALL(me, yields);
	MUST(errno == EDOM);
	return END(me, 0);
}

static seam_chan *pipeline, *nobody;

static NOINLINE int sends(Shadow *me)
{
	begin(me);
	for (int i = 0; i < AGAIN; i++)
		MUST(LEAVING(me, seam_send(pipeline, &i, SEAM_FOREVER)) == 0);
	return END(me, 0);
}

static NOINLINE int receives(Shadow *me)
{
	int v;
	begin(me);
	for (int i = 0; i < AGAIN; i++)
		MUST(LEAVING(me, seam_recv(pipeline, &v, SEAM_FOREVER)) == 0);
	return END(me, 0);
}

static NOINLINE int waits_for_ever(Shadow *me)
{
	begin(me);
	MUST(LEAVING(me, seam_send(nobody, "", SEAM_FOREVER)) == 0);
	return END(me, 0);
}

static NOINLINE int asks_time(Shadow *me)
{
	begin(me);
	int64_t before = seam_now();
	return END(me, seam_now() >= before);
}

/*
 * The jobs, each a goroutine's
 */

static int running;

static NOINLINE int grows(Shadow *me)
{
	begin(me);
	for (int i = 0; i < AGAIN; i++) {
		MUST(CALL(me, small, SMALL_FRAMES) == SMALL_FRAMES + 1);
		MUST(CALL(me, large, 1) == 2);
	}
	MUST(CALL(me, arguments, 1, 2, 3, 4, 5, 6., 7, 8, 9) == 45);
	MUST(CALL(me, varargs_grow, 3, 1, 1., 2, 2., 3, 3.) == 12);
	MUST(CALL(me, takes_block, ALWAYS_GROWS) == 3);
	MUST(CALL(me, small, 1) == 2);
	return END(me, 0);
}

static NOINLINE int gets_results(Shadow *me)
{
	begin(me);
	MUST(CALL(me, wide, (__int128)5 << 70) == (__int128)5 << 70);
	MUST(CALL(me, vectors, 2 + 3 * I) == 2 + 3 * I);
	MUST(CALL(me, x87, 2.5L) == 2.5L);
	MUST(CALL(me, x87s, 2.5L + 3 * I) == 2.5L + 3 * I);
	return END(me, 0);
}

static NOINLINE int calls_libc(Shadow *me)
{
	begin(me);
	MUST(CALL(me, libc, 2) == 3);
	MUST(CALL(me, libc_varargs) == 5);
	return END(me, 0);
}

static NOINLINE int exits_deep(Shadow *me)
{
	TAKE_ROOM(ALWAYS_GROWS);
	begin(me);
	running--;
	me->leaves = 1;
	seam_exit();
}

static int (*volatile job[MAX_GOID + 1])(Shadow *me);

INLINE Shadow *mine(void)
{
	return &shadows.goroutine[seam_id()];
}

static NOINLINE void run(void)
{
	Shadow *me = mine();
	begin(me);
	CALL(me, job[seam_id()]);
	me->progress = RETURNED;
}

static NOINLINE void goroutine(void *arg)
{
	Shadow *me = mine();
	(void)arg;
	begin(me);
	CALL(me, anchored, run, (const void *)run);
	running--;
	me->leaves = 1;
	me->progress = RETURNED;
}

INLINE void spawn(int (*fn)(Shadow *me))
{
	int64_t id = seam_go(goroutine, NULL);
	MUST(id > 0 && id <= MAX_GOID);
	job[id] = fn;
	push(&shadows.goroutine[id], (const void *)goroutine);
	running++;
}

INLINE void finish(Shadow *me)
{
	while (running)
		LEAVING(me, seam_yield());
}

static NOINLINE int end(Shadow *me)
{
	static int (*const jobs[])(Shadow *) = {
		grows,	gets_results, calls_libc, asks_time, exits_deep,
		yields, yields_too,   sends,	  receives,
	};
	begin(me);
	for (size_t i = 0; i < sizeof(jobs) / sizeof(*jobs); i++)
		spawn(jobs[i]);
	finish(me);
	/* Who receives first waits for who sends. */
	spawn(receives);
	spawn(sends);
	finish(me);
	return END(me, 0);
}

static NOINLINE int deadlock(Shadow *me)
{
	begin(me);
	spawn(waits_for_ever);
	shadows.told = 1;
	return END(me, CALL(me, waits_for_ever));
}

/* Small checks, varargs, and libc, which wants room, on the signal stack. */
static NOINLINE void handler(int sig)
{
	Shadow *me = &shadows.handler;
	(void)sig;
	begin(me);
	CALL(me, small, 0);
	CALL(me, libc, 0);
	CALL(me, libc_varargs);
	me->progress = CALLED;
}

/* Where the stepper takes over, and gives back. */
static NOINLINE int stepped(void)
{
	raise(SIGSTOP);
	int status = seam_run(goroutine, NULL);
	raise(SIGSTOP);
	return status;
}

int main(int argc, char **argv)
{
	char segments[ARENA_SIZE];
	struct sigaction on_usr1 = { .sa_handler = handler,
				     .sa_flags = SA_ONSTACK };
	arena = segments;
	MUST(argc == 2);
	job[1] = strcmp(argv[1], "deadlock") == 0 ? deadlock : end;
	setenv("SEAM_MAXPROCS", "1", 1);
	/* One thread; if asked, no segment is kept, every switch goes by g0. */
	setenv("SEAM_DEBUG",
	       strcmp(argv[1], "slow") == 0 ? "stay,poison,look" : "stay", 1);
	MUST(sigaction(SIGUSR1, &on_usr1, NULL) == 0);
	pipeline = seam_chan_make(sizeof(int), 0);
	nobody = seam_chan_make(1, 0);
	push(&shadows.thread, (const void *)main);
	push(&shadows.thread, (const void *)stepped);
	begin(&shadows.thread);
	push(&shadows.handler, (const void *)handler);
	push(&shadows.goroutine[1], (const void *)goroutine);
	return stepped();
}
