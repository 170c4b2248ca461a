/* SPDX-License-Identifier: BSD-2-Clause */
/* growth.c - whatever a function takes and returns survives a seam. */
#include "scenario.h"

#include <complex.h>

#define NOINLINE __attribute__((noinline))
#ifdef __clang__ /* 14: no varargs under -fsplit-stack */
#define VARARGS __attribute__((noinline, no_split_stack))
#else
#define VARARGS NOINLINE
#endif

static NOINLINE void use(volatile char *p, int n)
{
	p[0] = p[n - 1] = 1;
}

static NOINLINE int deep(int n, int x)
{
	volatile char room[200];
	use(room, sizeof(room));
	return n ? deep(n - 1, x + 1) : x;
}

static NOINLINE int large(int n)
{
	volatile char room[100000];
	use(room, sizeof(room));
	return n ? large(n - 1) + 1 : 0;
}

static NOINLINE int many(int a, int b, int c, int d, int e, int f, int g,
			 double h, int i, int n)
{
	volatile char room[300];
	use(room, sizeof(room));
	if (n)
		return many(a, b, c, d, e, f, g, h, i, n - 1);
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * (int)h
	       + 9 * i;
}

struct big {
	long a[12];
};

static NOINLINE struct big bigs(struct big b, int n)
{
	volatile char room[300];
	use(room, sizeof(room));
	if (n)
		b = bigs(b, n - 1);
	for (int i = 0; i < 12; i++)
		b.a[i]++;
	return b;
}

struct mixed {
	double d;
	long l;
};

static NOINLINE struct mixed mixed(int n)
{
	volatile char room[300];
	use(room, sizeof(room));
	if (!n)
		return (struct mixed){ 1, 1 };
	struct mixed m = mixed(n - 1);
	return (struct mixed){ m.d * 2, m.l + 1 };
}

static NOINLINE long double longdouble(long double x, int n)
{
	volatile char room[300];
	use(room, sizeof(room));
	return n ? longdouble(x, n - 1) + 1 : x;
}

static NOINLINE complex long double cplx(complex long double x, int n)
{
	volatile char room[300];
	use(room, sizeof(room));
	return n ? cplx(x, n - 1) * I : x;
}

static NOINLINE __int128 wide(__int128 x, int n)
{
	volatile char room[300];
	use(room, sizeof(room));
	return n ? wide(x, n - 1) + 1 : x;
}

static VARARGS int sum(int n, ...)
{
	va_list ap;
	int s = 0;
	va_start(ap, n);
	for (int i = 0; i < n; i++)
		s += va_arg(ap, int) + (int)va_arg(ap, double);
	va_end(ap);
	return s;
}

static VARARGS int format(char *buf, size_t n, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int r = vsnprintf(buf, n, fmt, ap);
	va_end(ap);
	return r;
}

static NOINLINE int varargs(int n)
{
	volatile char room[300];
	char buf[200];
	use(room, sizeof(room));
	if (n)
		return varargs(n - 1);
	format(buf, sizeof(buf), "%d %d %d %d %d %d %g %g %s", 1, 2, 3, 4, 5, 6,
	       7.5, 8.5, "nine");
	CHECK(strcmp(buf, "1 2 3 4 5 6 7.5 8.5 nine") == 0);
	return sum(10, 1, 1., 2, 2., 3, 3., 4, 4., 5, 5., 6, 6., 7, 7., 8, 8.,
		   9, 9., 10, 10.);
}

static NOINLINE int vla(int n)
{
	char a[n];
	memset(a, 1, (size_t)n);
	char *b = __builtin_alloca((size_t)n * 2);
	memset(b, 2, (size_t)n * 2);
	return deep(20, 0) + a[n - 1] + b[2 * n - 1];
}

static int order(const void *a, const void *b)
{
	return deep(30, 0) - 30 + *(const int *)a - *(const int *)b;
}

static void sort(void)
{
	int a[200];
	for (int i = 0; i < 200; i++)
		a[i] = i * 37 % 200;
	qsort(a, 200, sizeof(*a), order);
	for (int i = 0; i < 200; i++)
		CHECK(a[i] == i);
}

static NOINLINE int saved(int n)
{
	long b = n, c = n + 1, d = n + 2, e = n + 3, f = n + 4;
	__asm__ volatile("" : "+b"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
	volatile char room[300];
	use(room, sizeof(room));
	if (n)
		CHECK(saved(n - 1) == 1);
	CHECK(b == n && c == n + 1 && d == n + 2 && e == n + 3 && f == n + 4);
	return 1;
}

static void everything(void *arg)
{
	(void)arg;
	struct big b = { { 0 } };
	CHECK(deep(1000, 5) == 1005);
	CHECK(large(20) == 20);
	CHECK(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 50) == 285);
	b = bigs(b, 30);
	CHECK(b.a[0] == 31 && b.a[11] == 31);
	struct mixed m = mixed(10);
	CHECK(m.d == 1024 && m.l == 11);
	CHECK(longdouble(0.5L, 40) == 40.5L);
	CHECK(cplx(3 + 4 * I, 40) == 3 + 4 * I);
	CHECK(wide((__int128)1 << 100, 40) == ((__int128)1 << 100) + 40);
	CHECK(varargs(0) == 110 && varargs(5) == 110 && varargs(40) == 110);
	CHECK(vla(10) == 23 && vla(1000) == 23 && vla(300000) == 23);
	CHECK(saved(40) == 1);
	sort();
}

static seam_chan *done;

static void worker(void *arg)
{
	everything(arg);
	seam_send(done, NULL, SEAM_FOREVER);
}

static void together(void *arg)
{
	(void)arg;
	done = seam_chan_make(0, 0);
	for (int i = 0; i < 20; i++)
		CHECK(seam_go(worker, NULL) == i + 2);
	for (int i = 0; i < 20; i++)
		CHECK(seam_recv(done, NULL, SEAM_FOREVER) == 0);
	CHECK(seam_chan_free(done) == 0);
}

static void test_growth(void **state)
{
	(void)state;
	ends_well(everything);
}

static void test_growth_of_many(void **state)
{
	(void)state;
	ends_well(together);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_growth_of_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
