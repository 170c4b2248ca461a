/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alike.c - crowds of goroutines whose stacks differ in arguments alone, of all
 * sorts of types, which have their values, have lost them or have others than
 * they were called with. C, and C++ as well. When all are at their places it
 * prints "ready" and its thread sleeps until it is killed.
 */
#include <seam.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifdef __clang__
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE __attribute__((noinline, noclone))
#endif

enum { Each = 12, GrownFrame = 3000 };

enum colour { RED, GREEN, BLUE = 7 };
enum bits { ONE = 1, TWO = 2, FOUR = 4 };
struct small {
	int x, y;
};
struct middle {
	long x;
	double y;
};
struct large {
	long x[6];
};
union either {
	int whole;
	char part[4];
};
typedef void way(long);

static seam_chan *source;

static NOINLINE void pass(void)
{
	long v;

	seam_recv(source, &v, SEAM_FOREVER);
	__asm__ volatile("");
}

static NOINLINE void keep(const void *what)
{
	__asm__ volatile("" : : "r"(what) : "memory");
}

static NOINLINE void words(const char *text, char letter, unsigned char byte,
			   const char *other)
{
	pass();
	keep(text);
	keep(other);
}

static NOINLINE void in_memory(const char *text, char letter, short number,
			       bool yes)
{
	keep(&text), keep(&letter), keep(&number), keep(&yes);
	pass();
	keep(&text), keep(&letter), keep(&number), keep(&yes);
}

static NOINLINE void by_value(struct small s, struct middle m, struct large l,
			      union either e)
{
	keep(&s), keep(&m), keep(&l), keep(&e);
	pass();
	keep(&s), keep(&m), keep(&l), keep(&e);
}

static NOINLINE void floats(float f, double d, long double l)
{
	keep(&f), keep(&d), keep(&l);
	pass();
	keep(&f), keep(&d), keep(&l);
}

static NOINLINE void lost_floats(float f, double d)
{
	pass();
}

static NOINLINE void names(enum colour colour, enum bits bits, way *function,
			   const struct small *to, void *anything)
{
	keep(&colour), keep(&bits), keep(&function), keep(&to), keep(&anything);
	pass();
	keep(&colour), keep(&bits), keep(&function), keep(&to), keep(&anything);
}

static NOINLINE void changed(long n, long same, const char *text)
{
	if (n % 3)
		n *= 1000;
	if (n % 2)
		text = "another";
	keep(&n), keep(&text);
	pass();
	keep(&n), keep(&text);
	keep((void *)same);
}

static NOINLINE void many(long a, long b, long c, long d, long e, long f,
			  long g, const char *h, short i)
{
	pass();
}

static NOINLINE void grown(long n, const char *text)
{
	char name[GrownFrame];

	snprintf(name, sizeof(name), "number %ld", n);
	pass();
	keep(name);
}

static inline __attribute__((always_inline)) void inlined(long n, long twice)
{
	pass();
	keep((void *)(n + twice));
}

static NOINLINE void outer(long n)
{
	inlined(n, 2 * n);
	__asm__ volatile("");
}

static NOINLINE void deeper(long n, unsigned depth)
{
	if (depth)
		deeper(n + 1, depth - 1);
	else
		pass();
	__asm__ volatile("");
}

struct table {
	void (*first)(const struct table *, long, long, long);
	long number;
};

static NOINLINE void saves(const struct table *t, long n, long five, long m)
{
	pass();
	keep(t), keep((void *)n);
	pass();
	keep((void *)five), keep((void *)m);
}

/* A call whose target is still where it was. */
static NOINLINE void through(const struct table *t, long n)
{
	void (*first)(const struct table *, long, long, long) = t->first;

	first(t, n, 5, t->number);
	first(t, n, 6, t->number);
}

#ifdef __cplusplus
namespace space
{
enum class kind : unsigned char { first, second };

struct shape {
	long n;
	virtual ~shape()
	{
	}
	virtual NOINLINE void wait(const int &number, kind k, shape &other,
				   std::nullptr_t nothing);
};

NOINLINE void shape::wait(const int &number, kind k, shape &other,
			  std::nullptr_t nothing)
{
	keep(&number), keep(&k), keep(&other);
	pass();
	keep(&number), keep(&k), keep(&other), keep(this);
}

template <typename T> NOINLINE void moved(T &&value, const char *const &text)
{
	pass();
	keep(&value), keep(&text);
}
} // namespace space

static NOINLINE void references(long n)
{
	const int number = (int)n;
	space::shape one, two;

	one.n = two.n = n;
	one.wait(number, n % 2 ? space::kind::first : space::kind::second, two,
		 nullptr);
}

static NOINLINE void templates(long n)
{
	const char *text = n % 2 ? "odd" : "even";

	space::moved(n * 1.5, text);
}
#endif

static char texts[16][8];

static NOINLINE void choose(long kind, long n)
{
	struct small s = { (int)n, 2 };
	struct middle m = { n, 1.5 };
	struct large l = { { n } };
	union either e = { (int)n };
	way *volatile pointer = outer;
	void (*volatile far_away)(long, long, const char *) = changed;
	char *text = texts[n % 16];
	struct table table = { saves, n };

	switch (kind) {
	case 0:
		words(text, 'a' + n, (unsigned char)n, n % 2 ? text : NULL);
		break;
	case 1:
		in_memory(text, (char)(200 + n), (short)-n, n % 2);
		break;
	case 2:
		by_value(s, m, l, e);
		break;
	case 3:
		floats(n / 2.0f, n / 3.0, n / 7.0L);
		break;
	case 4:
		lost_floats(n / 2.0f, n / 3.0);
		break;
	case 5:
		names((enum colour)(n % 9), (enum bits)(n % 8),
		      n % 2 ? outer : NULL, &s, n % 2 ? &l : NULL);
		break;
	case 6:
		changed(n, n, text);
		break;
	case 7:
		many(n, -n, 3, 4, 5, n * n, n + 7, text, (short)n);
		break;
	case 8:
		grown(n, text);
		break;
	case 9:
		pointer(n);
		break;
	case 10:
		far_away(n, 1, text);
		break;
	case 11:
		deeper(n, 3);
		break;
	case 12:
		through(&table, n);
		break;
#ifdef __cplusplus
	case 13:
		references(n);
		break;
	case 14:
		templates(n);
		break;
#endif
	default:
		seam_yield();
	}
	__asm__ volatile("");
}

#ifdef __cplusplus
enum { Kinds = 16 };
#else
enum { Kinds = 14 };
#endif

static void worker(void *arg)
{
	long number = (long)(intptr_t)arg;

	choose(number / Each, number % Each);
}

static void start(void *arg)
{
	source = seam_chan_make(sizeof(long), 0);
	for (int i = 0; i < 16; i++)
		snprintf(texts[i], sizeof(texts[i]), "\"n %d", i);
	for (intptr_t n = 0; n < Kinds * Each; n++)
		if (seam_go(worker, (void *)n) < 0)
			abort();
	seam_yield();
	/* These have not begun. */
	for (intptr_t n = 0; n < Each; n++)
		if (seam_go(worker, (void *)n) < 0)
			abort();
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

int main(void)
{
	/* Where Yama allows it, anybody of this user may look at us. */
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
	setenv("SEAM_MAXPROCS", "1", 1);
	setenv("SEAM_DEBUG", "stay", 1);
	return seam_run(start, NULL);
}
