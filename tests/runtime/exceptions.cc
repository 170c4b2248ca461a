/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * exceptions.cc - C++ exceptions on goroutines: over seams, and handled while
 * the goroutine waits. exceptions.sh builds and runs it.
 *
 *	exceptions up | down	all of it; segments come from an arena,
 *				upwards or downwards: prints `right`
 *	exceptions uncaught	one that nobody catches
 *	exceptions noexcept	one that leaves a function that throws none
 */
#include <seam.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>

#include "check.h"

#define NOINLINE  __attribute__((noinline))
#define UNCHECKED __attribute__((noinline, no_split_stack))

/* g++ 12 takes this attribute on a declaration alone. */
extern "C" void *stackalloc(size_t n) UNCHECKED;
extern "C" void stackfree(void *p) UNCHECKED;
static uintptr_t guard() UNCHECKED;

/*
 * Segments
 */

static const size_t Arena = size_t(1) << 32;
static char *arena;
static size_t taken;
static long live; /* segments that are not given back */
static bool upwards;

void *stackalloc(size_t n)
{
	size_t end = __atomic_add_fetch(&taken, n, __ATOMIC_RELAXED);
	if (end > Arena)
		return NULL;
	__atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
	return arena + (upwards ? end - n : Arena - end);
}

void stackfree(void *)
{
	__atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
}

static uintptr_t guard()
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

/*
 * One exception, over many seams
 */

enum { Frames = 100 };

struct Counted {
	static int died;
	~Counted()
	{
		died++;
	}
};
int Counted::died;

/* It grows, throws and waits in the middle of what it cleans up after. */
struct Busy {
	static int died;
	~Busy()
	{
		int before = std::uncaught_exceptions();
		CHECK(before > 0);
		CHECK(deep(50) == 50);
		try {
			throw 5;
		} catch (int e) {
			CHECK(e == 5);
		}
		seam_yield();
		seam_sleep(10 * SEAM_US);
		CHECK(std::uncaught_exceptions() == before);
		died++;
	}
};
int Busy::died;

template <class Left> static NOINLINE void climb(int n, void (*last)())
{
	Left left;
	volatile char room[200];
	room[0] = room[199] = 1;
	if (n)
		climb<Left>(n - 1, last);
	else
		last();
	room[0]++;
}

static NOINLINE void throws()
{
	throw std::runtime_error("from below");
}

/* Caught in the function that throws, whichever segment that is. */
static NOINLINE int near(int n)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	try {
		throw n;
	} catch (int e) {
		CHECK(e == n);
	}
	return n ? near(n - 1) + room[0] : 0;
}

template <class Left> static NOINLINE void far(void (*last)())
{
	volatile uintptr_t before = guard();
	Left::died = 0;
	try {
		climb<Left>(Frames, last);
		CHECK(false);
	} catch (const std::exception &e) {
		CHECK(strcmp(e.what(), "from below") == 0);
		CHECK(guard() == before);
		CHECK(deep(300) == 300);
	}
	CHECK(Left::died == Frames + 1);
	CHECK(guard() == before);
	CHECK(deep(300) == 300);
}

/* Caught and thrown again at each tenth frame. */
static NOINLINE int again(int n)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	if (!n)
		throw std::runtime_error("from below");
	if (n % 10)
		return again(n - 1) + room[0];
	try {
		return again(n - 1) + room[0];
	} catch (std::exception &) {
		CHECK(deep(50) == 50);
		throw;
	}
}

static void throws_again()
{
	again(Frames);
}

/* Another one from the block that handles the first, over seams both. */
static void throws_another()
{
	try {
		climb<Counted>(30, throws);
	} catch (const std::exception &e) {
		Counted::died = 0;
		CHECK(deep(50) == 50);
		throw std::runtime_error(e.what());
	}
}

/* Over frames of libc's. */
static int order(const void *, const void *)
{
	climb<Counted>(20, throws);
	return 0;
}

static void sorts()
{
	int a[10] = { 0 };
	try {
		qsort(a, 10, sizeof(*a), order);
	} catch (const std::exception &) {
		Counted::died = 0;
		throw;
	}
}

static void on_fault(int)
{
	sigset_t segv;
	sigemptyset(&segv);
	sigaddset(&segv, SIGSEGV);
	sigprocmask(SIG_UNBLOCK, &segv, NULL);
	throw std::runtime_error("from below");
}

static void touches()
{
	static volatile char *volatile nothing;
	*nothing = 1;
}

/* One frame larger than a segment that is kept. */
static NOINLINE void throws_from_large()
{
	volatile char room[3 << 20];
	room[0] = room[sizeof(room) - 1] = 1;
	throws();
}

/* Over one seam, in a segment of its own. */
static NOINLINE void catches_from_large()
{
	volatile char room[40000];
	room[0] = room[sizeof(room) - 1] = 1;
	try {
		throws_from_large();
	} catch (const std::exception &) {
		room[0]++;
	}
}

/* The segments that an exception leaves are given back, at the next return
 * over a seam and at the next wait. */
static void gives_back()
{
	seam_sleep(10 * SEAM_US);
	long before = live;
	for (int i = 0; i < 20; i++) {
		far<Counted>(throws);
		seam_sleep(10 * SEAM_US);
		CHECK(live == before);
		/* The second time its own is spare. */
		for (int k = 0; k < 2; k++) {
			catches_from_large();
			CHECK(live <= before + 1);
		}
	}
}

static void faults()
{
	struct sigaction act;
	memset(&act, 0, sizeof(act));
	act.sa_handler = on_fault;
	act.sa_flags = SA_ONSTACK;
	CHECK(sigaction(SIGSEGV, &act, NULL) == 0);
	for (int i = 0; i < 5; i++)
		far<Counted>(touches);
}

/*
 * Handled while the goroutine waits
 */

/* Without a deadline, and others run before this one can. */
static void wait_for_lock()
{
	static seam_mutex mutex;
	CHECK(seam_lock(&mutex, SEAM_FOREVER) == 0);
	seam_yield();
	CHECK(seam_unlock(&mutex) == 0);
}

/* A message of one's own, whose memory is given back too early by whoever
 * takes it for his. */
static NOINLINE void handles(int id, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		std::string mine = std::to_string(id * 1000 + i);
		try {
			throw std::runtime_error(mine);
		} catch (const std::exception &e) {
			seam_yield();
			if (id % 3 == 0)
				seam_sleep(10 * SEAM_US);
			wait_for_lock();
			CHECK(mine == e.what());
			try {
				std::rethrow_exception(
					std::current_exception());
			} catch (const std::exception &same) {
				seam_yield();
				CHECK(mine == same.what());
			}
			CHECK(std::uncaught_exceptions() == 0);
		}
		CHECK(!std::current_exception());
	}
}

static void handler(void *arg)
{
	handles(int(intptr_t(arg)), 50);
}

static void busy(void *)
{
	far<Busy>(throws);
}

/* Ends with one in hand, which must not be its successor's. */
static void ends_handling(void *)
{
	try {
		throw 1;
	} catch (int) {
		seam_exit();
	}
}

static void handle_many()
{
	int64_t ids[40];
	for (int i = 0; i < 40; i++)
		ids[i] = seam_go(i % 8 == 7 ? ends_handling : handler,
				 reinterpret_cast<void *>(intptr_t(i)));
	handles(40, 50);
	for (int i = 0; i < 40; i++)
		CHECK(seam_join(ids[i], SEAM_FOREVER) == 0);
	CHECK(!std::current_exception());
}

/* Thrown in one goroutine and again in another. */
static std::exception_ptr handed;

static void hands(void *)
{
	try {
		climb<Counted>(30, throws);
	} catch (...) {
		handed = std::current_exception();
	}
}

static void throws_handed()
{
	std::rethrow_exception(handed);
}

static void everything(void *)
{
	CHECK(near(100) == 100);
	for (int i = 0; i < 5; i++) {
		far<Counted>(throws);
		far<Counted>(throws_again);
		far<Counted>(throws_another);
		far<Counted>(sorts);
		far<Counted>(throws_from_large);
		far<Busy>(throws);
	}
	gives_back();
	faults();
	CHECK(seam_join(seam_go(busy, NULL), SEAM_FOREVER) == 0);
	handle_many();
	CHECK(seam_join(seam_go(hands, NULL), SEAM_FOREVER) == 0);
	far<Counted>(throws_handed);
	handed = nullptr;
	puts("right");
	fflush(stdout);
}

static void uncaught(void *)
{
	climb<Counted>(Frames, throws);
}

static void silent() noexcept
{
	climb<Counted>(Frames, throws);
}

static void leaves_noexcept(void *)
{
	try {
		silent();
	} catch (const std::exception &) {
		puts("caught");
	}
}

int main(int, char **argv)
{
	std::string way = argv[1];
	upwards = way == "up";
	arena = static_cast<char *>(
		mmap(NULL, Arena, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	CHECK(arena != MAP_FAILED);
	struct rlimit no_core = { 0, 0 };
	setrlimit(RLIMIT_CORE, &no_core);
	alarm(100);
	return seam_run(way == "uncaught"   ? uncaught
			: way == "noexcept" ? leaves_noexcept
					    : everything,
			NULL);
}
