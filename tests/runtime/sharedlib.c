/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sharedlib.c - a shared library whose functions goroutines call: shared.sh
 * builds it with stack checks and without.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sharedlib.h"

static int deep(int n)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	return n ? deep(n - 1) + room[0] : 0;
}

/* Its own stack, as much as it may have. */
static int grows(void)
{
	return deep(DEPTH) == DEPTH;
}

/* Blocks of alloca's. */
static int takes_blocks(void)
{
	char *block[10];
	for (int i = 0; i < 10; i++) {
		block[i] = __builtin_alloca(BLOCK);
		memset(block[i], i, BLOCK);
	}
	for (int i = 0; i < 10; i++)
		if (block[i][0] != i || block[i][BLOCK - 1] != i)
			return 0;
	return deep(10) == 10;
}

/* libc, by the procedure linkage table. */
static int prints(void)
{
	char buf[200];
	return snprintf(buf, sizeof(buf), "%d %f %s", 1, 2.5, "three") == 16
	       && strcmp(buf, "1 2.500000 three") == 0 && strtol("77", NULL, 0);
}

/* Back into the program. */
static int calls_back(int (*fn)(int), int n)
{
	volatile char room[100];
	room[0] = room[99] = 1;
	return fn(n) == n && room[0];
}

static int jumps(int (*fn)(int), int n)
{
	jmp_buf env;
	volatile int times = 0;
	if (setjmp(env) < 3) {
		fn(n);
		longjmp(env, ++times);
	}
	return times == 3;
}

static volatile char *handled_at;

static void handler(int sig)
{
	char here[2000];
	snprintf(here, sizeof(here), "%d", sig);
	handled_at = here;
}

/* Whether a handler that it sets without SA_ONSTACK runs elsewhere. */
static int handles(void)
{
	char here;
	struct sigaction act = { .sa_handler = handler };
	if (sigaction(SIGUSR2, &act, NULL) != 0 || raise(SIGUSR2) != 0)
		return 0;
	return labs(handled_at - &here) > 10000;
}

const struct lib lib = {
	grows, takes_blocks, prints, calls_back, jumps, handles,
};
