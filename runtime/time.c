/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time.c - the clocks.
 */
#include "runtime.h"

uint64_t ticks(void)
{
	return __builtin_ia32_rdtsc();
}

int64_t nanotime(void)
{
	return osclock();
}

static NOSPLIT void *now(void *result)
{
	*(int64_t *)result = osclock();
	return NULL;
}

int64_t seam_now(void)
{
	int64_t ns;
	systemstack(now, &ns);
	return ns;
}

static struct Clockpair bothclocks(void)
{
	return (struct Clockpair){ .ticks = ticks(), .ns = osclock() };
}

void clockstart(void)
{
	sched.clock.first = sched.clock.last = bothclocks();
}

void clockread(void)
{
	sched.clock.last = bothclocks();
}

int64_t since(uint64_t t)
{
	struct Clockpair *a = &sched.clock.first, *b = &sched.clock.last;
	if (b->ticks <= a->ticks || t >= b->ticks)
		return 0;
	__int128 ns = (__int128)(b->ticks - t) * (b->ns - a->ns);
	return (int64_t)(ns / (__int128)(b->ticks - a->ticks));
}
