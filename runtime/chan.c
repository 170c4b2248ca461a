/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chan.c - channels. Everything here runs on the goroutine's own stack; a
 * stack never moves, so an element is copied straight between the two
 * goroutines that meet.
 */
#include "runtime.h"

#include <errno.h>

enum { MaxChanBytes = 1 << 30 };

static void enqueue(Waitq *q, Waiter *w)
{
	w->next = NULL;
	w->prev = q->last;
	if (q->last)
		q->last->next = w;
	else
		q->first = w;
	q->last = w;
	w->queued = true;
}

static void dequeue(Waitq *q, Waiter *w)
{
	if (w->prev)
		w->prev->next = w->next;
	else
		q->first = w->next;
	if (w->next)
		w->next->prev = w->prev;
	else
		q->last = w->prev;
	w->queued = false;
}

/* The longest waiting whose wait is ours to end; NULL: nobody. */
static Waiter *take(Waitq *q)
{
	for (Waiter *w; (w = q->first);) {
		dequeue(q, w);
		if (claim(w->g, w->wait))
			return w;
	}
	return NULL;
}

static uint8_t *slot(Chan *c, uint64_t x)
{
	return c->buf + x * c->elemsize;
}

static uint64_t nextslot(Chan *c, uint64_t x)
{
	return x + 1 == c->cap ? 0 : x + 1;
}

static void bufput(Chan *c, const void *v)
{
	copybytes(slot(c, c->sendx), v, c->elemsize);
	c->sendx = nextslot(c, c->sendx);
	c->count++;
}

static void bufget(Chan *c, void *v)
{
	if (v)
		copybytes(v, slot(c, c->recvx), c->elemsize);
	c->recvx = nextslot(c, c->recvx);
	c->count--;
}

/* Wait in Q for somebody to take or bring *V. c->lock is held. */
static int await(Chan *c, Waitq *q, void *v, const char *reason,
		 int64_t deadline)
{
	Waiter w;
	if (deadline <= 0) {
		unlock(&c->lock);
		return ETIMEDOUT;
	}
	w.g = getg();
	w.wait = beginwait(w.g);
	w.elem = v;
	w.done = false;
	enqueue(q, &w);
	park(&c->lock, reason, c, deadline);
	if (!w.g->timedout)
		return w.done ? 0 : EPIPE;
	lock(&c->lock);
	if (w.queued)
		dequeue(q, &w);
	unlock(&c->lock);
	return ETIMEDOUT;
}

static int chansend(Chan *c, const void *v, int64_t deadline)
{
	lock(&c->lock);
	if (c->closed) {
		unlock(&c->lock);
		return EPIPE;
	}
	Waiter *w = take(&c->recvq);
	if (w) {
		if (w->elem)
			copybytes(w->elem, v, c->elemsize);
		w->done = true;
		unlock(&c->lock);
		ready(w->g);
		return 0;
	}
	if (c->count < c->cap) {
		bufput(c, v);
		unlock(&c->lock);
		return 0;
	}
	return await(c, &c->sendq, (void *)(uintptr_t)v, "chan send", deadline);
}

static int chanrecv(Chan *c, void *v, int64_t deadline)
{
	lock(&c->lock);
	if (c->count > 0) {
		bufget(c, v);
		Waiter *w = take(&c->sendq);
		if (w) {
			bufput(c, w->elem);
			w->done = true;
		}
		unlock(&c->lock);
		if (w)
			ready(w->g);
		return 0;
	}
	Waiter *w = take(&c->sendq);
	if (w) {
		if (v)
			copybytes(v, w->elem, c->elemsize);
		w->done = true;
		unlock(&c->lock);
		ready(w->g);
		return 0;
	}
	if (c->closed) {
		unlock(&c->lock);
		return EPIPE;
	}
	return await(c, &c->recvq, v, "chan receive", deadline);
}

int seam_send(seam_chan *c, const void *v, int64_t deadline)
{
	if (!getg())
		return seterr(EPERM);
	if (!c || (!v && c->elemsize))
		return seterr(EINVAL);
	int e = chansend(c, v, deadline);
	return e ? seterr(e) : 0;
}

int seam_recv(seam_chan *c, void *v, int64_t deadline)
{
	if (!getg())
		return seterr(EPERM);
	if (!c)
		return seterr(EINVAL);
	int e = chanrecv(c, v, deadline);
	return e ? seterr(e) : 0;
}

int seam_chan_close(seam_chan *c)
{
	if (!getg())
		return seterr(EPERM);
	if (!c)
		return seterr(EINVAL);
	lock(&c->lock);
	if (c->closed) {
		unlock(&c->lock);
		return seterr(EPIPE);
	}
	c->closed = true;
	for (Waiter *w; (w = take(&c->recvq)) || (w = take(&c->sendq));)
		ready(w->g);
	unlock(&c->lock);
	return 0;
}

static seam_chan *makechan(uint64_t elemsize, uint64_t cap, uintptr_t pc)
{
	uint64_t bytes;
	if (__builtin_mul_overflow(elemsize, cap, &bytes)
	    || bytes > MaxChanBytes) {
		seterr(EINVAL);
		return NULL;
	}
	Chan *c = gmal(sizeof(*c) + bytes);
	if (!c) {
		seterr(ENOMEM);
		return NULL;
	}
	c->lock.key = 0;
	c->closed = false;
	c->count = 0;
	c->cap = cap;
	c->elemsize = elemsize;
	c->recvx = c->sendx = 0;
	c->recvq.first = c->recvq.last = NULL;
	c->sendq.first = c->sendq.last = NULL;
	c->makepc = pc;
	return c;
}

/* Not split: a function that has grown does not see who called it. */
NOSPLIT seam_chan *seam_chan_make(size_t elemsize, size_t cap)
{
	return makechan(elemsize, cap, (uintptr_t)__builtin_return_address(0));
}

size_t seam_chan_len(seam_chan *c)
{
	return c ? __atomic_load_n(&c->count, __ATOMIC_RELAXED) : 0;
}

size_t seam_chan_cap(seam_chan *c)
{
	return c ? c->cap : 0;
}

int seam_chan_free(seam_chan *c)
{
	if (!c)
		return 0;
	lock(&c->lock);
	bool busy = c->recvq.first || c->sendq.first;
	unlock(&c->lock);
	if (busy)
		return seterr(EBUSY);
	gmfree(c);
	return 0;
}
