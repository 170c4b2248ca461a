/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foreach.c - seam_foreach_stack(): what a goroutine holds is found, wherever
 * the goroutine is; what it holds no more is not.
 */
#include "scenario.h"

#include <pthread.h>

#define NOINLINE __attribute__((noinline))

/* Words that nothing else looks like. Made anew wherever they are needed, so
 * that no other stack has them. */
enum { Base = 0x5ea4 };

static NOINLINE uint64_t secret(uint64_t n)
{
	__asm__ volatile("" : "+r"(n));
	return n * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)Base << 48;
}

/* Keep V in a register or on the stack up to here. */
#define KEEP(v) __asm__ volatile("" : : "r"(v) : "memory")

enum { MaxSecrets = 64 };

/* How often each secret, wanted from number 1 on, was found, and where. */
struct search {
	uint64_t wanted[MaxSecrets];
	int found[MaxSecrets];
	int n;
	int pieces;
	int wrong; /* pieces that are none */
	int ended;
};

static void look(const seam_stack *s, void *arg)
{
	struct search *x = arg;
	if (!s) {
		x->ended++;
		return;
	}
	x->pieces++;
	x->wrong += s->live < s->lo || s->live > s->hi;
	uintptr_t from = ((uintptr_t)s->live + 7) & ~(uintptr_t)7;
	for (uint64_t *w = (uint64_t *)from; w + 1 <= (uint64_t *)s->hi; w++)
		for (int i = 1; i <= x->n; i++)
			x->found[i] += *w == ~x->wanted[i];
}

/* Which of the secrets 1 to N are found; bit N. Looks for them inverted, so
 * as not to find itself. */
static NOINLINE uint64_t found(int n)
{
	static struct search x;
	uint64_t set = 0;
	memset(&x, 0, sizeof(x));
	x.n = n;
	for (int i = 1; i <= n; i++)
		x.wanted[i] = ~secret((uint64_t)i);
	CHECK(seam_foreach_stack(look, &x) == 0);
	CHECK(x.pieces > 0 && x.wrong == 0 && x.ended == 1);
	for (int i = 1; i <= n; i++)
		set |= (uint64_t)(x.found[i] > 0) << i;
	return set;
}

/* So that no register and no stale word has a secret. */
static NOINLINE void forget(void)
{
	volatile char room[6000];
	memset((char *)room, 0, sizeof(room));
	__asm__ volatile("xorl %%ebx, %%ebx\n\txorl %%r12d, %%r12d\n\t"
			 "xorl %%r13d, %%r13d\n\txorl %%r14d, %%r14d\n\t"
			 "xorl %%r15d, %%r15d"
			 :
			 :
			 : "rbx", "r12", "r13", "r14", "r15");
}

/*
 * A goroutine in each place, with its own secret
 */

enum place {
	Parked = 1,
	Deep, /* below a seam */
	Yielded,
	Fresh,	  /* its argument */
	Local,	  /* seam_setlocal() */
	Alloca,	  /* a block beside the segment */
	Outside,  /* in seam_blocking() */
	Stack,	  /* in its function there */
	Spinning, /* in a register, without a call */
	Mine,	  /* the caller's own register */
	Gone,	  /* on a segment that was left */
	Below,	  /* in a frame that was left */
	Ended,	  /* in a goroutine that has ended */
	Places,
};

static seam_chan *never;
static int key;
static volatile int started, stop;

static void arrive(void)
{
	__atomic_fetch_add(&started, 1, __ATOMIC_SEQ_CST);
}

static void parked(void *arg)
{
	uint64_t v = secret(Parked);
	(void)arg;
	arrive();
	seam_recv(never, NULL, SEAM_FOREVER);
	KEEP(v);
}

static NOINLINE int dig(int n)
{
	volatile char room[1000];
	room[0] = 1;
	if (n > 0)
		return dig(n - 1) + room[0];
	seam_recv(never, NULL, SEAM_FOREVER);
	return room[0];
}

static void deep(void *arg)
{
	uint64_t v = secret(Deep);
	(void)arg;
	arrive();
	dig(20);
	KEEP(v);
}

static void yielded(void *arg)
{
	uint64_t v = secret(Yielded);
	(void)arg;
	arrive();
	while (!stop)
		seam_yield();
	KEEP(v);
}

/* May be begun on another thread before we look. */
static void fresh(void *arg)
{
	seam_recv(never, NULL, SEAM_FOREVER);
	KEEP(arg);
}

static void local(void *arg)
{
	(void)arg;
	seam_setlocal(key, (void *)secret(Local));
	arrive();
	seam_recv(never, NULL, SEAM_FOREVER);
}

static NOINLINE void inblock(uint64_t *block)
{
	block[100] = secret(Alloca);
	forget();
	arrive();
	seam_recv(never, NULL, SEAM_FOREVER);
}

static NOINLINE void withblock(size_t n)
{
	inblock(__builtin_alloca(n));
}

static void allocas(void *arg)
{
	(void)arg;
	withblock(50000 + (size_t)stop);
}

static void *waits(void *arg)
{
	uint64_t v = secret(Stack);
	arrive();
	while (!stop)
		usleep(1000);
	KEEP(v);
	return arg;
}

static void outside(void *arg)
{
	uint64_t v = secret(Outside);
	(void)arg;
	seam_blocking(waits, NULL);
	KEEP(v);
}

static void spinning(void *arg)
{
	uint64_t v = secret(Spinning);
	(void)arg;
	arrive();
	__asm__ volatile("1: movl %1, %%eax\n\ttestl %%eax, %%eax\n\tjz 1b"
			 : "+r"(v)
			 : "m"(stop)
			 : "rax", "memory");
	KEEP(v);
}

static NOINLINE int leave(int n, uint64_t which)
{
	volatile uint64_t room[300];
	for (size_t i = 0; i < 300; i++)
		room[i] = n ? 0 : secret(which);
	return n ? leave(n - 1, which) + (int)room[0] : (int)room[299];
}

static void gone(void *arg)
{
	(void)arg;
	leave(3, Gone);
	arrive();
	seam_recv(never, NULL, SEAM_FOREVER);
}

/* What calls libc has room for that, on a large segment. */
static void below(void *arg)
{
	char text[20];
	(void)arg;
	snprintf(text, sizeof(text), "%d", leave(3, Below));
	arrive();
	seam_recv(never, NULL, SEAM_FOREVER);
}

static void ended(void *arg)
{
	volatile uint64_t v = secret(Ended);
	(void)arg;
	seam_yield();
	CHECK(v);
}

/* One that runs on and on needs a thread of its own. */
static int canspin(void)
{
	const char *machines = getenv("SEAM_MAXPROCS");
	return machines && atoi(machines) > 1;
}

static void everywhere(void *arg)
{
	static void (*const places[])(void *) = { parked, deep,	   yielded,
						  local,  allocas, outside,
						  gone,	  below,   spinning };
	int n = (int)(sizeof(places) / sizeof(*places)) - !canspin();
	(void)arg;
	never = seam_chan_make(0, 0);
	key = seam_key_make(NULL);
	for (int i = 0; i < n; i++)
		seam_go(places[i], NULL);
	UNTIL(started == n);
	seam_go(fresh, (void *)secret(Fresh));
	CHECK(seam_join(seam_go(ended, NULL), SEAM_FOREVER) == 0);
	forget();

	register uint64_t mine __asm__("r14") = secret(Mine);
	__asm__ volatile("" : "+r"(mine));
	uint64_t set = found(Places - 1);
	__asm__ volatile("" : "+r"(mine));
	stop = 1;
	for (int i = 1; i < Places; i++) {
		int there = i != Gone && i != Below && i != Ended
			    && (i != Spinning || canspin());
		if ((int)(set >> i & 1) != there)
			fprintf(stderr, "place %d\n", i);
		CHECK((int)(set >> i & 1) == there);
	}
}

static void test_everywhere(void **state)
{
	(void)state;
	ends_well(everywhere);
}

/*
 * Goroutines that never rest, stopped at any instruction
 */

enum { Restless = 8, Looks = 300 };

static seam_chan *passing;

static NOINLINE int grow(int n)
{
	volatile char room[700];
	room[0] = 1;
	if (n > 0)
		return grow(n - 1) + room[0];
	seam_yield();
	return room[0];
}

static void restless(void *arg)
{
	uint64_t v = secret((uint64_t)(intptr_t)arg), taken = v;
	arrive();
	while (!stop) {
		grow((int)(intptr_t)arg);
		seam_send(passing, &taken, SEAM_FOREVER);
		seam_recv(passing, &taken, SEAM_FOREVER);
		__asm__ volatile("" : "+r"(v) : : "memory");
	}
	CHECK(v == secret((uint64_t)(intptr_t)arg));
}

static void storm(void *arg)
{
	uint64_t all = (UINT64_C(2) << Restless) - 2;
	(void)arg;
	passing = seam_chan_make(sizeof(uint64_t), Restless);
	for (intptr_t i = 1; i <= Restless; i++)
		seam_go(restless, (void *)i);
	UNTIL(started == Restless);
	for (int i = 0; i < Looks; i++) {
		CHECK(found(Restless) == all);
		seam_yield();
	}
	stop = 1;
}

static void test_storm(void **state)
{
	(void)state;
	ends_well(storm);
}

/*
 * Misuse, and other threads
 */

static void again(const seam_stack *s, void *arg)
{
	(void)s;
	FAILS(seam_foreach_stack(again, arg), EDEADLK);
	++*(int *)arg;
}

static void *foreign(void *arg)
{
	CHECK(seam_foreach_stack(again, arg) == 0);
	return NULL;
}

static void collectors(void *arg)
{
	static struct search none;
	(void)arg;
	for (int i = 0; i < 100; i++) {
		CHECK(seam_foreach_stack(look, &none) == 0);
		seam_yield();
	}
	arrive();
}

static void misuse(void *arg)
{
	int calls = 0;
	pthread_t thread;
	(void)arg;
	FAILS(seam_foreach_stack(NULL, NULL), EINVAL);
	CHECK(seam_foreach_stack(again, &calls) == 0 && calls > 1);
	calls = 0;
	CHECK(pthread_create(&thread, NULL, foreign, &calls) == 0);
	CHECK(pthread_join(thread, NULL) == 0 && calls > 1);
	for (int i = 0; i < 4; i++)
		seam_go(collectors, NULL);
	UNTIL(started == 4);
	signal(SIGURG, SIG_IGN);
	FAILS(seam_foreach_stack(again, &calls), EBUSY);
}

static void test_misuse(void **state)
{
	(void)state;
	ends_well(misuse);
}

/* SIGQUIT while the world stands still is told of afterwards. */

static volatile int stands, quitted;

static void *quits(void *arg)
{
	sigset_t quit;
	sigemptyset(&quit);
	sigaddset(&quit, SIGQUIT);
	pthread_sigmask(SIG_UNBLOCK, &quit, NULL);
	while (!stands)
		usleep(1000);
	raise(SIGQUIT);
	fprintf(stderr, "later\n");
	quitted = 1;
	return arg;
}

static void quit_meanwhile(const seam_stack *s, void *arg)
{
	(void)arg;
	stands = 1;
	while (!s && !quitted)
		usleep(1000);
}

static void quit(void *arg)
{
	pthread_t thread;
	alarm(60);
	CHECK(pthread_create(&thread, NULL, quits, arg) == 0);
	CHECK(seam_foreach_stack(quit_meanwhile, arg) == 0);
	seam_sleep(1000 * SEAM_S);
}

static void test_quit(void **state)
{
	(void)state;
	signal(SIGQUIT, SIG_DFL); /* a shell may have it ignored */
	struct ending end = run_with("SEAM_MAXPROCS=4", quit);
	if (!WIFEXITED(end.status))
		print_error("%s\n", end.said);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 2);
	assert_int_equal(
		strncmp(end.said, "later\nseam: SIGQUIT: all gorou", 30), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everywhere),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_misuse),
		cmocka_unit_test(test_quit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
