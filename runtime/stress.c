/* SPDX-License-Identifier: BSD-2-Clause */
/* stress.c - see stress.h. */
#include "fork.h"
#include "runtime.h"

#ifdef SEAM_STRESS

enum { OneIn = 4 };

static bool waits(const Waiter *w)
{
	return __atomic_load_n(&w->g->wait, __ATOMIC_RELAXED) == w->wait;
}

/* Whether anybody waits in Q. */
static bool anybody(const Waitq *q)
{
	const Waiter *before = NULL;
	bool any = false;
	for (const Waiter *w = q->first; w; w = w->next) {
		if (w->prev != before || !w->queued)
			throw("channel: I4: a queue is not linked both ways");
		any |= waits(w);
		before = w;
	}
	if (q->last != before)
		throw("channel: I4: a queue's last is not its last");
	return any;
}

void checkchan(Chan *c)
{
	uint64_t ring = c->cap ? c->cap : 1;
	if (c->count > c->cap)
		throw("channel: I1: more elements than it has room for");
	if (c->recvx >= ring || c->sendx >= ring)
		throw("channel: I2: an index is outside the buffer");
	if ((c->recvx + c->count) % ring != c->sendx)
		throw("channel: I3: the elements do not end at sendx");
	bool receiver = anybody(&c->recvq), sender = anybody(&c->sendq);
	if (receiver && c->count > 0)
		throw("channel: I5: a receiver waits beside elements");
	if (sender && c->count < c->cap)
		throw("channel: I6: a sender waits beside room");
	if ((receiver || sender) && c->closed)
		throw("channel: I7: somebody waits though it is closed");
}

/* Any will do; of all threads. */
static uint32_t random32(void)
{
	static uint32_t x = 1;
	uint32_t y = __atomic_load_n(&x, __ATOMIC_RELAXED);
	y = y * 1664525 + 1013904223;
	__atomic_store_n(&x, y, __ATOMIC_RELAXED);
	return y >> 16;
}

void maybeyield(int64_t deadline)
{
	if (deadline == INT64_MAX && getg() && !forked
	    && random32() % OneIn == 0)
		seam_yield();
}

#endif
