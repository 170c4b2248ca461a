/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * faults.c - faults [NAME]: grows, switches, jumps and ends in the midst of a
 * deep stack, again and again over the same segments; then does NAME at the
 * end of 31 frames, and says `right`.
 */
#include <seam.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

enum { Times = 60 };

static seam_chan *done;

static NOINLINE int deep(int n, void (*fn)(void *), void *arg)
{
	volatile char room[500];
	room[n] = 1;
	if (n)
		return deep(n - 1, fn, arg) + room[n];
	fn(arg);
	return 0;
}

static NOINLINE void uses_freed(void *arg)
{
	volatile char *p = malloc(10);
	free((void *)p);
	p[3] = (char)(size_t)arg;
}

static NOINLINE void leaves_array(void *arg)
{
	volatile char a[10];
	volatile int i = 10;
	a[i] = (char)(size_t)arg;
}

static NOINLINE void nothing(void *arg)
{
	(void)arg;
}

static NOINLINE void back(void *env)
{
	longjmp(*(jmp_buf *)env, 1);
}

static NOINLINE void jumps(void)
{
	jmp_buf env;
	if (!setjmp(env))
		deep(30, back, &env);
}

static NOINLINE void ends(void *arg)
{
	seam_send(done, arg, SEAM_FOREVER);
	seam_exit();
}

static void ends_deep(void *arg)
{
	(void)arg;
	deep(30, ends, NULL);
}

static void works(void *arg)
{
	(void)arg;
	for (int i = 0; i < Times; i++) {
		char *volatile p = malloc(100);
		deep(i, nothing, NULL);
		seam_yield();
		jumps();
		free(p);
	}
	seam_send(done, NULL, SEAM_FOREVER);
}

static void start(void *arg)
{
	const char *fault = arg;
	done = seam_chan_make(0, 0);
	for (int i = 0; i < Times; i++)
		seam_go(i % 4 ? ends_deep : works, NULL);
	for (int i = 0; i < Times; i++)
		seam_recv(done, NULL, SEAM_FOREVER);
	for (int i = 0; i < Times; i++)
		deep(i, nothing, NULL);
	if (strcmp(fault, "uses_freed") == 0)
		deep(30, uses_freed, NULL);
	if (strcmp(fault, "leaves_array") == 0)
		deep(30, leaves_array, NULL);
	puts("right");
}

int main(int argc, char **argv)
{
	return seam_run(start, argc > 1 ? argv[1] : "none");
}
