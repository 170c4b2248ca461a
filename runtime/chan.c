/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chan.c - channels. Everything here runs on the goroutine's own stack; a
 * stack never moves, so an element is copied straight between the two
 * goroutines that meet.
 */
#include "stress.h"
#include "waitq.h"

enum { MaxChanBytes = 1 << 30 };

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

int trysend(Chan *c, const void *v, Waiter **woken)
{
	if (c->closed)
		return EPIPE;
	Waiter *w = take(&c->recvq);
	if (w) {
		if (w->elem)
			copybytes(w->elem, v, c->elemsize);
		w->outcome = Done;
		*woken = w;
		return 0;
	}
	if (c->count == c->cap)
		return EAGAIN;
	bufput(c, v);
	return 0;
}

/* Receive from the buffer; the longest waiting sender takes the free slot. */
static void recvbuffered(Chan *c, void *v, Waiter **woken)
{
	bufget(c, v);
	Waiter *w = take(&c->sendq);
	if (!w)
		return;
	bufput(c, w->elem);
	w->outcome = Done;
	*woken = w;
}

int tryrecv(Chan *c, void *v, Waiter **woken)
{
	if (c->count > 0) {
		recvbuffered(c, v, woken);
		return 0;
	}
	Waiter *w = take(&c->sendq);
	if (!w)
		return c->closed ? EPIPE : EAGAIN;
	if (v)
		copybytes(v, w->elem, c->elemsize);
	w->outcome = Done;
	*woken = w;
	return 0;
}

static int chansend(Chan *c, const void *v, int64_t deadline)
{
	Waiter *woken = NULL;
	lock(&c->lock);
	checkchan(c);
	int e = trysend(c, v, &woken);
	if (e == EAGAIN) {
		Waiter w; /* not cleared: that costs as much as the rest */
		w.elem = (void *)(uintptr_t)v;
		enqueue(&c->sendq, &w);
		return await(&c->lock, &c->sendq, &w, "chan send", c, deadline);
	}
	checkchan(c);
	unlock(&c->lock);
	if (woken)
		ready(woken->g);
	return e;
}

static int chanrecv(Chan *c, void *v, int64_t deadline)
{
	Waiter *woken = NULL;
	lock(&c->lock);
	checkchan(c);
	int e = tryrecv(c, v, &woken);
	if (e == EAGAIN) {
		Waiter w;
		w.elem = v;
		enqueue(&c->recvq, &w);
		return await(&c->lock, &c->recvq, &w, "chan receive", c,
			     deadline);
	}
	checkchan(c);
	unlock(&c->lock);
	if (woken)
		ready(woken->g);
	return e;
}

int seam_send(seam_chan *c, const void *v, int64_t deadline)
{
	int e = maywait(deadline);
	if (e)
		return seterr(e);
	if (!c || (!v && c->elemsize))
		return seterr(EINVAL);
	return result(chansend(c, v, deadline));
}

int seam_recv(seam_chan *c, void *v, int64_t deadline)
{
	int e = maywait(deadline);
	if (e)
		return seterr(e);
	if (!c)
		return seterr(EINVAL);
	return result(chanrecv(c, v, deadline));
}

int seam_chan_close(seam_chan *c)
{
	if (!self())
		return seterr(EPERM);
	if (!c)
		return seterr(EINVAL);
	lock(&c->lock);
	if (c->closed) {
		unlock(&c->lock);
		return seterr(EPIPE);
	}
	checkchan(c);
	c->closed = true;
	Waiter *receivers = takeall(&c->recvq, Closed);
	Waiter *senders = takeall(&c->sendq, Closed);
	checkchan(c);
	unlock(&c->lock);
	readyall(receivers);
	readyall(senders);
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
