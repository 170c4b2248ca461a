/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * timers.c - the deadlines of those who wait: a radix heap (Ahuja, Mehlhorn,
 * Orlin, Tarjan, "Faster Algorithms for the Shortest Path Problem", JACM 37,
 * 1990). With a million of them each step down a heap of comparisons is a cache
 * miss; here a deadline moves some ten times in its life, from the end of one
 * row to the end of another.
 *
 * `base` is a time that has come. A deadline is in bucket b when the highest
 * bit in which it differs from base is bit b - 1. One before base is as good as
 * base, and in bucket 0. So all of a bucket come before all of the next. When
 * the first of a bucket has come, it is the new base, and all of its bucket go
 * to lower ones: those that come first are in bucket 0 then.
 *
 * A timer does not know its place: a wait that ends early leaves it there,
 * stale, until it comes up, or until half of all are stale.
 */
#include "runtime.h"

#include <string.h>

/* A chunk is a row of slots of one bucket; all but its newest are full. */
enum { Chunk = 16 };

Timers timers = { .next = INT64_MAX };

/* With timers.lock held: */

static int bucketof(int64_t when)
{
	uint64_t differ = (uint64_t)(when ^ timers.base);
	return differ ? 64 - __builtin_clzll(differ) : 0;
}

/* A chunk of empty slots. There is one: see hasroom(). */
static uint32_t takechunk(void)
{
	uint32_t c = timers.free;
	if (c) {
		timers.free = timers.chain[c];
		return c;
	}
	c = (uint32_t)(timers.used / Chunk);
	memset(&timers.slots[timers.used], 0, Chunk * sizeof(Timer));
	timers.used += Chunk;
	return c;
}

static void freechunk(uint32_t c)
{
	timers.chain[c] = timers.free;
	timers.free = c;
}

static void push(Timer t)
{
	if (t.when < timers.base)
		t.when = timers.base;
	int i = bucketof(t.when);
	Bucket *b = &timers.bucket[i];
	if (!b->chunk)
		b->first = INT64_MAX;
	if (!b->chunk || b->n == Chunk) {
		uint32_t c = takechunk();
		timers.chain[c] = b->chunk;
		*b = (Bucket){ .first = b->first, .chunk = c };
		timers.full |= UINT64_C(1) << i;
	}
	timers.slots[b->chunk * Chunk + b->n++] = t;
	if (t.when < b->first)
		b->first = t.when;
}

/* Take one out of B, which has one. */
static Timer pop(Bucket *b)
{
	Timer *last = &timers.slots[b->chunk * Chunk + --b->n], t = *last;
	last->g = NULL;
	if (!b->n) {
		uint32_t c = b->chunk;
		*b = (Bucket){ .first = b->first,
			       .chunk = timers.chain[c],
			       .n = Chunk };
		freechunk(c);
	}
	return t;
}

/* Bucket I becomes empty: what was in it. */
static Bucket empty(int i)
{
	Bucket b = timers.bucket[i];
	timers.bucket[i].chunk = 0;
	timers.full &= ~(UINT64_C(1) << i);
	return b;
}

/* The first bucket that is not empty; there is one. */
static int firstbucket(void)
{
	return __builtin_ctzll(timers.full);
}

static void setnext(void)
{
	int64_t next = INT64_MAX;
	if (timers.full)
		next = timers.bucket[firstbucket()].first;
	__atomic_store_n(&timers.next, next, __ATOMIC_RELAXED);
}

/* The goroutines of the newest chunk of B are soon to be looked at. */
static void fetch(const Bucket *b)
{
	const Timer *t = &timers.slots[b->chunk * Chunk];
	for (uint32_t i = 0; i < b->n; i++)
		__builtin_prefetch(&t[i].g->wait, 1);
}

/* The first of bucket I has come. */
static void spread(int i)
{
	Bucket b = empty(i);
	timers.base = b.first;
	if (!timers.chain[b.chunk])
		fetch(&b);
	while (b.chunk)
		push(pop(&b));
}

/*
 * Whether N timers find room however they are spread: each bucket may have one
 * chunk that is not full; one more is emptied while another is begun, and
 * chunk 0 is none.
 */
static bool hasroom(int64_t n)
{
	int64_t begun = n < TimerBuckets ? n : TimerBuckets;
	return n + (begun + 2) * Chunk <= timers.max;
}

static bool growtimers(void)
{
	int64_t max = timers.max ? 2 * timers.max : 16 * Chunk;
	Timer *slots = mal((uint64_t)max * sizeof(*slots));
	uint32_t *chain = mal((uint64_t)max / Chunk * sizeof(*chain));
	if (!slots || !chain) {
		mfree(slots);
		mfree(chain);
		return false;
	}
	if (timers.slots) {
		uint64_t used = (uint64_t)timers.used;
		memcpy(slots, timers.slots, used * sizeof(*slots));
		memcpy(chain, timers.chain, used / Chunk * sizeof(*chain));
		mfree(timers.slots);
		mfree(timers.chain);
	}
	timers.slots = slots;
	timers.chain = chain;
	timers.max = max;
	if (!timers.used)
		takechunk();
	return true;
}

static bool isstale(const Timer *t)
{
	return __atomic_load_n(&t->g->wait, __ATOMIC_RELAXED) != t->wait;
}

/* T, which may be claimed before its goroutine says so, is in no bucket. */
static void forget(const Timer *t)
{
	G *gp = t->g;
	timers.n--;
	if (gp->intimers && (gp->wait & ~UINT64_C(1)) == t->wait)
		gp->intimers = false; /* timerstale is not to count it */
	else
		timers.nstale--;
}

static void dropstalein(int i)
{
	for (Bucket b = empty(i); b.chunk;) {
		Timer t = pop(&b);
		if (isstale(&t))
			forget(&t);
		else
			push(t);
	}
}

static NOSPLIT void *dropstale(void *arg)
{
	for (uint64_t full = timers.full; full; full &= full - 1)
		dropstalein(__builtin_ctzll(full));
	setnext();
	return arg;
}

bool addtimer(G *gp, int64_t when)
{
	Timer t = { .when = when, .g = gp };
	t.wait = gp->wait & ~UINT64_C(1); /* may be claimed by now */
	lockm(&timers.lock);
	bool ok = hasroom(timers.n + 1) || growtimers();
	if (ok) {
		gp->intimers = true;
		timers.n++;
		push(t);
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
		systemstack(dropstale, NULL);
	unlock(&timers.lock);
}

/* Take the first, if it has come by NOW. */
static bool takefirst(int64_t now, Timer *t)
{
	if (timers.next > now)
		return false;
	int i = firstbucket();
	if (i)
		spread(i);
	Bucket *b = &timers.bucket[0];
	*t = pop(b);
	if (!b->chunk)
		empty(0);
	setnext();
	forget(t);
	return true;
}

G *expired(int64_t now)
{
	Timer t;
	G *gp = NULL;
	lockm(&timers.lock);
	while (!gp && takefirst(now, &t))
		if (claim(t.g, t.wait))
			gp = t.g;
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
