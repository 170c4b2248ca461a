/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time.c - the clocks, and the deadlines of those who wait.
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
 * The heap, with timers.lock held. Each place has four children: fewer cache
 * lines on the way down than two. A timer does not know its place: a wait
 * that ends early leaves it there, stale, until it comes up, or until half of
 * all are stale.
 */

Timers timers = { .next = INT64_MAX };

static bool isstale(const Timer *t)
{
	return __atomic_load_n(&t->g->wait, __ATOMIC_RELAXED) != t->wait;
}

/* T, which may be claimed before its goroutine says so, leaves the heap. */
static void forget(const Timer *t)
{
	G *gp = t->g;
	if (gp->intimers && (gp->wait & ~UINT64_C(1)) == t->wait)
		gp->intimers = false; /* timerstale is not to count it */
	else
		timers.nstale--;
}

static void siftup(Timer t, int64_t i)
{
	while (i > 0 && t.when < timers.heap[(i - 1) / 4].when) {
		timers.heap[i] = timers.heap[(i - 1) / 4];
		i = (i - 1) / 4;
	}
	timers.heap[i] = t;
}

/* The earliest child of the place I; 0: none. */
static int64_t firstchild(int64_t i)
{
	int64_t first = 4 * i + 1, end = first + 4;
	if (first >= timers.n)
		return 0;
	if (end > timers.n)
		end = timers.n;
	for (int64_t c = first + 1; c < end; c++)
		if (timers.heap[c].when < timers.heap[first].when)
			first = c;
	return first;
}

static void siftdown(Timer t, int64_t i)
{
	for (int64_t c; (c = firstchild(i)); i = c) {
		if (t.when <= timers.heap[c].when)
			break;
		timers.heap[i] = timers.heap[c];
	}
	timers.heap[i] = t;
}

static void setnext(void)
{
	__atomic_store_n(&timers.next,
			 timers.n ? timers.heap[0].when : INT64_MAX,
			 __ATOMIC_RELAXED);
}

static bool growtimers(void)
{
	int64_t max = timers.max ? 2 * timers.max : 64;
	Timer *heap = mal((uint64_t)max * sizeof(*heap));
	if (!heap)
		return false;
	if (timers.heap) {
		memcpy(heap, timers.heap, (uint64_t)timers.n * sizeof(*heap));
		mfree(timers.heap);
	}
	timers.heap = heap;
	timers.max = max;
	return true;
}

/* Throw away what is stale and make a heap of the rest. */
static void dropstale(void)
{
	int64_t n = 0;
	for (int64_t i = 0; i < timers.n; i++)
		if (!isstale(&timers.heap[i]))
			timers.heap[n++] = timers.heap[i];
		else
			forget(&timers.heap[i]);
	timers.n = n;
	for (int64_t i = n / 4; i >= 0 && n; i--)
		siftdown(timers.heap[i], i);
	setnext();
}

static NOSPLIT void *dropstalecall(void *arg)
{
	dropstale();
	return arg;
}

bool addtimer(G *gp, int64_t when)
{
	Timer t = { .when = when, .g = gp };
	t.wait = gp->wait & ~UINT64_C(1); /* may be claimed by now */
	lockm(&timers.lock);
	bool ok = timers.n < timers.max || growtimers();
	if (ok) {
		gp->intimers = true;
		siftup(t, timers.n++);
		setnext();
	}
	unlock(&timers.lock);
	return ok;
}

void timerstale(G *gp)
{
	lockm(&timers.lock);
	timers.nstale += gp->intimers;
	gp->intimers = false;
	if (timers.nstale > 64 && timers.nstale > timers.n / 2)
		systemstack(dropstalecall, NULL);
	unlock(&timers.lock);
}

static void removefirst(void)
{
	Timer last = timers.heap[--timers.n];
	if (timers.n)
		siftdown(last, 0);
	setnext();
}

G *expired(int64_t now)
{
	G *gp = NULL;
	lockm(&timers.lock);
	while (!gp && timers.n && timers.heap[0].when <= now) {
		Timer t = timers.heap[0];
		removefirst();
		forget(&t);
		if (claim(t.g, t.wait))
			gp = t.g;
	}
	unlock(&timers.lock);
	if (gp)
		gp->timedout = true;
	return gp;
}

bool timerspending(void)
{
	lockm(&timers.lock);
	bool pending = timers.n > timers.nstale;
	unlock(&timers.lock);
	return pending;
}
