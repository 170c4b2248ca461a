/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ordinary.c - what C programs do on their stacks, on a goroutine's: blocks of
 * alloca's in loops, argument lists handed down, vectors of 32 and 64 bytes,
 * callbacks from libc, thread-locals. Also with vectoralloc.c.
 */
#define _GNU_SOURCE
#include "scenario.h"

#include <dirent.h>
#include <ftw.h>
#include <immintrin.h>
#include <pthread.h>
#include <search.h>
#include <sys/stat.h>

/* A function as it is called: no copy of it for some arguments. */
#ifdef __clang__
#define NOINLINE __attribute__((noinline))
#else
#define NOINLINE __attribute__((noipa))
#endif
#define UNCHECKED __attribute__((noinline, no_split_stack))
#ifdef __clang__ /* 14: no varargs under -fsplit-stack */
#define VARARGS UNCHECKED
#else
#define VARARGS NOINLINE
#endif
#define AVX    __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f")))

static NOINLINE int deep(int n)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	return n ? deep(n - 1) + room[0] : 0;
}

/*
 * alloca, va_list
 */

struct block {
	struct block *next;
	unsigned char bytes[];
};

/* Blocks of one function, which live until it returns, and checks between. */
static NOINLINE int blocks(int n, size_t size)
{
	struct block *all = NULL;
	int wrong = 0;
	for (int i = 0; i < n; i++) {
		struct block *b = __builtin_alloca(sizeof(*b) + size);
		memset(b->bytes, i, size);
		b->next = all;
		all = b;
		wrong += deep(10) != 10;
	}
	for (int i = n - 1; i >= 0; i--, all = all->next)
		wrong += all->bytes[0] != (unsigned char)i
			 || all->bytes[size - 1] != (unsigned char)i;
	return wrong;
}

static NOINLINE int one_block(size_t size)
{
	volatile char room[1000];
	unsigned char *b = __builtin_alloca(size);
	room[0] = room[999] = 1;
	memset(b, 1, size);
	return deep(10) == 10 ? b[size - 1] : 0;
}

/* At all depths: some of the calls are over a seam. */
static NOINLINE int one_by_one(int n)
{
	volatile char room[200];
	int right = 0;
	room[0] = room[199] = 1;
	for (int i = 0; i < 3; i++)
		right += one_block(300000);
	return n ? one_by_one(n - 1) + right : right;
}

/* Each is given back when its function has returned: two are too much. */
static void blocks_go(void)
{
	CHECK(seam_setmaxstack(590000) == 0);
	CHECK(one_by_one(69) == 210);
	CHECK(seam_setmaxstack(1 << 30) == 0);
}

static NOINLINE double take(int n, va_list *ap)
{
	volatile char room[1000];
	room[0] = room[999] = 1;
	if (!n)
		return 0;
	double x = va_arg(*ap, int) * va_arg(*ap, double);
	return x + take(n - 1, ap);
}

static NOINLINE int print_list(char *buf, size_t n, const char *fmt, va_list ap)
{
	volatile char room[1000];
	room[0] = room[999] = 1;
	return deep(20) == 20 ? vsnprintf(buf, n, fmt, ap) : -1;
}

static VARARGS double hand_down(int n, ...)
{
	va_list ap;
	va_start(ap, n);
	double x = take(n, &ap);
	va_end(ap);
	return x;
}

static VARARGS int print_down(char *buf, size_t n, const char *fmt, ...)
{
	va_list ap, again;
	char first[100];
	va_start(ap, fmt);
	va_copy(again, ap);
	int r = print_list(first, sizeof(first), fmt, ap);
	CHECK(r == print_list(buf, n, fmt, again));
	CHECK(strcmp(first, buf) == 0);
	va_end(again);
	va_end(ap);
	return r;
}

static void lists(void)
{
	char buf[100];
	CHECK(hand_down(8, 1, 1., 2, 1., 3, 1., 4, 1., 5, 1., 6, 1., 7, 1., 8,
			1.)
	      == 36);
	CHECK(print_down(buf, sizeof(buf), "%d %d %d %d %g %s", 1, 2, 3, 4, 5.5,
			 "six")
	      > 0);
	CHECK(strcmp(buf, "1 2 3 4 5.5 six") == 0);
}

/*
 * Vectors
 */

static NOINLINE AVX int aligned32(int n)
{
	_Alignas(32) volatile double room[32];
	for (int i = 0; i < 32; i++)
		room[i] = i;
	__m256d v = _mm256_load_pd((const double *)room);
	if ((uintptr_t)room % 32)
		return -1;
	int below = n ? aligned32(n - 1) : 0;
	return below < 0 ? -1 : below + (int)v[3] - 2;
}

static NOINLINE AVX __m256d in_registers(__m256d a, __m256d b, __m256d c,
					 __m256d d, __m256d e, __m256d f,
					 __m256d g, __m256d h, int n)
{
	volatile char room[300];
	room[0] = room[299] = 1;
	if (n)
		return in_registers(b, c, d, e, f, g, h, a, n - 1);
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}

static NOINLINE AVX __m256d on_stack(__m256d a, __m256d b, __m256d c, __m256d d,
				     __m256d e, __m256d f, __m256d g, __m256d h,
				     __m256d i, int n)
{
	volatile char room[300];
	room[0] = room[299] = 1;
	if (n)
		return on_stack(a, b, c, d, e, f, g, h, i, n - 1) + i;
	return a + b + c + d + e + f + g + h + i;
}

static NOINLINE AVX int vectors32(void)
{
	__m256d v = { 1, 2, 3, 4 }, w = { 10, 20, 30, 40 };
	CHECK(aligned32(100) == 101);
	for (int n = 0; n < 80; n += 8) {
		__m256d x = in_registers(v, w, v, w, v, w, v, w, n);
		for (int i = 0; i < 4; i++)
			CHECK(x[i] == 16 * v[i] + 20 * w[i]);
		x = on_stack(v, v, v, v, v, v, v, v, w, n);
		for (int i = 0; i < 4; i++)
			CHECK(x[i] == 8 * v[i] + (n + 1) * w[i]);
	}
	return 1;
}

static NOINLINE AVX512 __m512d in_registers64(__m512d a, __m512d b, __m512d c,
					      __m512d d, __m512d e, __m512d f,
					      __m512d g, __m512d h, __m512d i,
					      int n)
{
	volatile char room[300];
	room[0] = room[299] = 1;
	if (n)
		return in_registers64(b, c, d, e, f, g, h, a, i, n - 1);
	return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + i;
}

static NOINLINE AVX512 int vectors64(void)
{
	__m512d v = { 1, 2, 3, 4, 5, 6, 7, 8 }, w = 10 * v;
	for (int n = 0; n < 80; n += 8) {
		__m512d x = in_registers64(v, w, v, w, v, w, v, w, v, n);
		for (int i = 0; i < 8; i++)
			CHECK(x[i] == 17 * v[i] + 20 * w[i]);
	}
	return 1;
}

/*
 * Callbacks from code without checks
 */

static int order(const void *a, const void *b)
{
	CHECK(deep(30) == 30);
	return *(const int *)a - *(const int *)b;
}

static int visited;

static int visit(const char *path, const struct stat *st, int type,
		 struct FTW *where)
{
	visited += path && st && where && type >= 0;
	return deep(100) == 100 ? 0 : -1;
}

static int folders(const struct dirent *d)
{
	return deep(30) == 30 && d->d_name[0] != '.';
}

static void see(const void *node, VISIT which, int depth)
{
	if (which == preorder || which == leaf)
		visited += deep(30) == 30 && node && depth >= 0;
}

static void once(void)
{
	visited += deep(100) == 100;
}

static void callbacks(void)
{
	int a[100], key = 77, n = 0;
	void *tree = NULL;
	struct dirent **names;
	for (int i = 0; i < 100; i++)
		a[i] = i * 37 % 100;
	qsort(a, 100, sizeof(*a), order);
	CHECK(*(int *)bsearch(&key, a, 100, sizeof(*a), order) == 77);
	visited = 0;
	for (int i = 0; i < 100; i++)
		CHECK(*(int **)tsearch(&a[i], &tree, order) == &a[i]);
	twalk(tree, see);
	CHECK(visited == 100);
	for (int i = 0; i < 100; i++)
		tdelete(&a[i], &tree, order);
	CHECK(nftw("/usr/include/linux/netfilter", visit, 10, 0) == 0);
	CHECK(visited > 110);
	n = scandir("/", &names, folders, alphasort);
	CHECK(n > 5);
	while (n--)
		free(names[n]);
	free(names);
	pthread_once_t control = PTHREAD_ONCE_INIT;
	visited = 0;
	pthread_once(&control, once);
	CHECK(visited == 1);
}

/*
 * A thread-local variable is the thread's, not the goroutine's
 */

static __thread int local;

static UNCHECKED void set_local(int v)
{
	local = v;
}

static UNCHECKED int get_local(void)
{
	__asm__ volatile("");
	return local;
}

static void changes_local(void *arg)
{
	(void)arg;
	errno = ERANGE;
	set_local(2);
}

static void thread_locals(void)
{
	pthread_t before = pthread_self();
	set_local(1);
	errno = EDOM;
	CHECK(seam_go(changes_local, NULL) > 0);
	while (get_local() == 1 && pthread_equal(before, pthread_self()))
		seam_yield();
	CHECK(get_local() != 1);
	CHECK(errno == EDOM);
}

static void everything(void *arg)
{
	(void)arg;
	CHECK(blocks(100, 16) == 0);
	CHECK(blocks(2000, 1000) == 0);
	CHECK(blocks(20, 100000) == 0);
	blocks_go();
	lists();
	if (__builtin_cpu_supports("avx2"))
		CHECK(vectors32());
	if (__builtin_cpu_supports("avx512f"))
		CHECK(vectors64());
	callbacks();
	thread_locals();
}

static void test_ordinary(void **state)
{
	(void)state;
	ends_well(everything);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ordinary),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
