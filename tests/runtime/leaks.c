/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leaks.c - blocks that goroutines have from malloc: `keeps` is parked with
 * one that its stack alone knows, in its first segment or beyond seams; `loses`
 * has ended without giving its back. `strays` decides by what nobody has set,
 * on a stack that others have used.
 */
#include <seam.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

#define LOSERS 16

static seam_chan *never, *go_on;

static NOINLINE void park(char *volatile block)
{
	seam_recv(never, NULL, SEAM_FOREVER);
	free(block);
}

static NOINLINE void park_deep(int n, char *volatile block)
{
	volatile char room[1000];
	room[0] = 1;
	if (n)
		park_deep(n - 1, block);
	else
		park(malloc(100));
	free(room[0] ? block : NULL);
}

static void keeps(void *arg)
{
	(void)arg;
	park(malloc(200));
}

static void keeps_deep(void *arg)
{
	(void)arg;
	park_deep(20, malloc(300));
}

static NOINLINE char *lose(void)
{
	return memset(malloc(1234), 1, 1234);
}

static void loses(void *arg)
{
	(void)arg;
	char *volatile block = lose();
	(void)block;
	seam_recv(go_on, NULL, SEAM_FOREVER);
	seam_exit();
}

/* Each on a stack of its own, where the block's address remains. */
static void all_lose(void)
{
	int64_t ids[LOSERS];
	go_on = seam_chan_make(0, 0);
	for (int i = 0; i < LOSERS; i++)
		ids[i] = seam_go(loses, NULL);
	for (int i = 0; i < LOSERS; i++)
		seam_send(go_on, NULL, SEAM_FOREVER);
	for (int i = 0; i < LOSERS; i++)
		seam_join(ids[i], SEAM_FOREVER);
}

static NOINLINE int unset(void)
{
	int x[16];
	__asm__ volatile("" : : "r"(x) : "memory");
	return x[7];
}

static void strays(void *arg)
{
	(void)arg;
	if (unset())
		seam_yield();
}

static void start(void *arg)
{
	const char *fault = arg;
	never = seam_chan_make(0, 0);
	seam_go(keeps, NULL);
	seam_go(keeps_deep, NULL);
	if (strcmp(fault, "loses") == 0)
		all_lose();
	for (int i = 0; i < 10; i++)
		seam_yield();
	if (strcmp(fault, "strays") == 0)
		seam_join(seam_go(strays, NULL), SEAM_FOREVER);
}

/* The argument says what goes wrong: loses, strays, or nothing. */
int main(int argc, char **argv)
{
	return seam_run(start, argc > 1 ? argv[1] : "nothing");
}
