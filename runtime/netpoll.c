/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * netpoll.c - descriptors, by number, and the events that come for them. The
 * calls that wait for these are in io.c.
 */
#include "netpoll.h"

#include "foreign.h"
#include "waitq.h"

enum { ChunkFds = 64, Chunks = 1 << 16 };
_Static_assert(ChunkFds * sizeof(Fd) == 4096, "a chunk is a block of mal's");

/* By number, in chunks that are made when they are first needed. */
static Fd *chunks[Chunks];

static int32_t nwaiting; /* goroutines in awaitfd(); atomic */

/* epoll's own descriptor and what wakes who sleeps in it; -1: none yet. */
static int pollfd = -1, wakefd = -1;
static Lock pollfdlock;

/*
 * What the scheduler asks
 */

bool fdswaiting(void)
{
	return __atomic_load_n(&nwaiting, __ATOMIC_RELAXED) > 0;
}

/* W is claimed, and has left its stack. */
static void link(G **list, Waiter *w)
{
	G *gp = w->g;
	w->outcome = Done;
	if (isthread(gp)) {
		wakethread(gp);
		return;
	}
	gp->schedlink = *list;
	*list = gp;
}

/* EVENTS have come for F; a short count proves nothing any more for NOMORE. */
static void arrived(void *f_, int events, int nomore, void *list)
{
	Fd *f = f_;
	if (!f)
		return; /* pollwake() */
	lock(&f->lock);
	f->dry &= ~events;
	f->drains &= ~nomore;
	for (int q = SEAM_IN; q <= (SEAM_IN | SEAM_OUT); q++)
		for (Waiter *w; (q & events) && (w = take(&f->waiters[q - 1]));)
			link(list, w);
	unlock(&f->lock);
}

G *polled(int64_t deadline)
{
	G *list = NULL;
	ospollwait(pollfd, deadline, arrived, &list);
	__atomic_store_n(&sched.asked, nanotime(), __ATOMIC_RELAXED);
	return list;
}

void pollwake(void)
{
	oswake(wakefd);
}

void pollwoken(void)
{
	oswoken(wakefd);
}

/*
 * Descriptors
 */

static Fd *newchunk(int32_t first)
{
	Fd *chunk = gmal(ChunkFds * sizeof(Fd));
	if (!chunk)
		return NULL;
	fillbytes(chunk, 0, ChunkFds * sizeof(Fd));
	for (int32_t i = 0; i < ChunkFds; i++)
		chunk[i].fd = first + i;
	return chunk;
}

/* NULL: no memory for it. FD is 0 or more. */
static Fd *findfd(int fd)
{
	if (fd / ChunkFds >= Chunks)
		return NULL;
	Fd **place = &chunks[fd / ChunkFds];
	Fd *chunk = __atomic_load_n(place, __ATOMIC_ACQUIRE);
	if (!chunk) {
		Fd *mine = newchunk(fd / ChunkFds * ChunkFds);
		if (!mine)
			return NULL;
		if (__atomic_compare_exchange_n(place, &chunk, mine, false,
						__ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			chunk = mine;
		else
			gmfree(mine);
	}
	return &chunk[fd % ChunkFds];
}

/* Whatever has this number next is another file. F's lock is held. */
static void forget(Fd *f)
{
	f->kind = Unknown;
	f->closing = false;
}

/* With its lock. */
static void setfacts(Fd *f, int facts)
{
	f->socket = facts & FdSocket;
	f->drains = facts & FdDrains ? SEAM_IN | SEAM_OUT : 0;
}

/*
 * What F is, unless that is known: then its events may have come already, and
 * what they said must stay.
 */
static void become(Fd *f, enum fdkind kind, int facts)
{
	lock(&f->lock);
	if (f->kind == Unknown) {
		setfacts(f, facts);
		f->dry = 0;
		f->kind = (uint8_t)kind;
	}
	unlock(&f->lock);
}

/*
 * Who comes by the number meanwhile waits for the lock: an old user would find
 * the file still open and wait for ever, a new one's file would be forgotten.
 */
static int64_t closefd(Fd *f)
{
	lock(&f->lock);
	int64_t e = osclose(f->fd);
	forget(f);
	unlock(&f->lock);
	return e;
}

static NOSPLIT void *closecall(void *f)
{
	return (void *)closefd(f);
}

int64_t leavefd(Fd *f)
{
	lock(&f->lock);
	bool last = --f->users == 0 && f->closing;
	unlock(&f->lock);
	return last ? (int64_t)systemstack(closecall, f) : 0;
}

Fd *enterfd(int fd, int *e)
{
	Fd *f = fd < 0 ? NULL : findfd(fd);
	*e = fd < 0 ? EBADF : ENOMEM;
	if (!f)
		return NULL;
	lock(&f->lock);
	bool closing = f->closing;
	f->users += !closing;
	unlock(&f->lock);
	*e = closing ? EBADF : 0;
	return closing ? NULL : f;
}

static int64_t makepollfd(void)
{
	int e = 0;
	/* An M that waits for events wakes goroutines while another runs. */
	sched.alone = false;
	lock(&pollfdlock);
	if (pollfd < 0)
		e = ospollnew(&pollfd, &wakefd);
	unlock(&pollfdlock);
	return e;
}

int64_t startpolling(Fd *f, int facts)
{
	int64_t e = makepollfd();
	if (e)
		return e;
	become(f, Polled, facts); /* before its first event comes */
	e = ospolladd(pollfd, f->fd, f);
	if (!e || e == -EEXIST)
		return 0;
	f->kind = e == -EPERM ? Plain : Unknown;
	return e == -EPERM ? 0 : e;
}

int64_t lookat(Fd *f)
{
	int facts = osfacts(f->fd);
	return facts < 0 ? facts : startpolling(f, facts);
}

void stillpolled(Fd *f)
{
	if (f->kind != Polled || ospolladd(pollfd, f->fd, f) != 0)
		return;
	int facts = osfacts(f->fd);
	lock(&f->lock);
	setfacts(f, facts < 0 ? 0 : facts);
	unlock(&f->lock);
}

int64_t adoptfd(int fd, int facts)
{
	Fd *f = findfd(fd);
	if (f) {
		lock(&f->lock);
		forget(f);
		unlock(&f->lock);
	}
	int64_t e = f ? startpolling(f, facts) : -ENOMEM;
	if (e)
		osclose(fd);
	return e ? e : fd;
}

/*
 * Waiting
 */

int awaitfd(Fd *f, int events, const char *reason, int64_t deadline)
{
	Waiter w = { .elem = NULL };
	Waitq *q = &f->waiters[events - 1];
	enqueue(q, &w);
	__atomic_add_fetch(&nwaiting, 1, __ATOMIC_RELAXED);
	if (!getm())
		pokeidle();
	int e = await(&f->lock, q, &w, reason, f, deadline);
	__atomic_sub_fetch(&nwaiting, 1, __ATOMIC_RELAXED);
	return e == EPIPE ? EBADF : e;
}

void passon(Fd *f, int events)
{
	Waiter *w = NULL;
	lock(&f->lock);
	f->dry &= ~events;
	for (int q = SEAM_IN; !w && q <= (SEAM_IN | SEAM_OUT); q++)
		if (q & events)
			w = take(&f->waiters[q - 1]);
	if (w)
		w->outcome = Done;
	unlock(&f->lock);
	if (w)
		ready(w->g);
}

int seam_close(int fd)
{
	int e = maywait(0);
	if (e)
		return seterr(e);
	Fd *f = enterfd(fd, &e);
	if (!f)
		return seterr(e);
	lock(&f->lock);
	f->closing = true;
	Waiter *list[3];
	for (int i = 0; i < 3; i++)
		list[i] = takeall(&f->waiters[i], Closed);
	unlock(&f->lock);
	for (int i = 0; i < 3; i++)
		readyall(list[i]);
	return result((int)-leavefd(f));
}
