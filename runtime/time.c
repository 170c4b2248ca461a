/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time.c - the clocks, and the deadlines of those who wait: a binary heap of
 * Timers, earliest first, under sched.lock.
 */
#include "runtime.h"

#include <string.h>

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

/*
 * The heap
 */

static void put(Timer *t, int64_t i)
{
	sched.timers[i] = t;
	t->index = i;
}

static void siftup(Timer *t, int64_t i)
{
	while (i > 0 && t->when < sched.timers[(i - 1) / 2]->when) {
		put(sched.timers[(i - 1) / 2], i);
		i = (i - 1) / 2;
	}
	put(t, i);
}

static void siftdown(Timer *t, int64_t i)
{
	for (int64_t child; (child = 2 * i + 1) < sched.ntimers; i = child) {
		Timer **c = &sched.timers[child];
		if (child + 1 < sched.ntimers && c[1]->when < c[0]->when)
			child++;
		if (t->when <= sched.timers[child]->when)
			break;
		put(sched.timers[child], i);
	}
	put(t, i);
}

static bool growtimers(void)
{
	int64_t max = sched.maxtimers ? 2 * sched.maxtimers : 64;
	Timer **timers = mal((uint64_t)max * sizeof(*timers));
	if (!timers)
		return false;
	if (sched.timers) {
		memcpy(timers, sched.timers,
		       (uint64_t)sched.ntimers * sizeof(*timers));
		mfree(sched.timers);
	}
	sched.timers = timers;
	sched.maxtimers = max;
	return true;
}

NOSPLIT bool addtimer(Timer *t)
{
	if (sched.ntimers == sched.maxtimers && !growtimers())
		return false;
	siftup(t, sched.ntimers++);
	return true;
}

NOSPLIT void deltimer(Timer *t)
{
	int64_t i = t->index;
	if (i < 0)
		return;
	t->index = -1;
	Timer *last = sched.timers[--sched.ntimers];
	if (last == t)
		return;
	siftdown(last, i);
	siftup(last, last->index);
}

NOSPLIT G *expired(int64_t now)
{
	while (sched.ntimers && sched.timers[0]->when <= now) {
		Timer *t = sched.timers[0];
		deltimer(t);
		if (!claim(t->g, t->wait))
			continue;
		t->g->timedout = true;
		return t->g;
	}
	return NULL;
}
