/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * io.c - reading, writing, accepting and connecting where only the goroutine
 * waits.
 *
 * Each call tries first and waits when there is nothing to be had. Some tries
 * are saved: a stream that gave less than was asked for is known to be dry
 * (epoll(7)), so the next call waits without one. Not for ever: the end of a
 * stream comes with the last bytes and no event of its own, so from the event
 * that announces it on a short count proves nothing (uneven() in
 * os_linux_fd.c).
 *
 * Who waits is woken by the event, all of them, since one event may stand for
 * several connections. A call that may have left something passes it on to
 * the next who waits: that one may have looked while the call was under way.
 *
 * A descriptor's number is given back to the kernel when the last call that
 * uses it has returned, so that none comes to use somebody else's file.
 */
#include "netpoll.h"
#include "park.h"

typedef struct Op Op;

/* What the calls of one function of seam.h have in common. */
typedef struct Call {
	int events; /* what it waits for */
	const char *reason;
	int64_t (*run)(Op *op); /* on g0: 0 or more, or -errno */
} Call;

/* One call of the program's. Small, for it lies on small stacks. */
struct Op {
	const Call *call;
	Fd *f;
	int64_t deadline;
	int64_t result; /* of call->run */
	void *p;	/* its arguments */
	uint64_t n;
	bool begun; /* connecting */
};

static NOSPLIT void *callop(void *arg)
{
	Op *op = arg;
	op->result = op->call->run(op);
	if (op->result == -EAGAIN)
		stillpolled(op->f);
	return NULL;
}

static NOSPLIT void *lookcall(void *f)
{
	return (void *)lookat(f);
}

/* Wait as long as the op's events are known not to have come; 0 or errno. */
static ALWAYS_INLINE int waitdry(Op *op)
{
	Fd *f = op->f;
	const Call *call = op->call;
	lock(&f->lock);
	while (!f->closing && (f->dry & call->events) == call->events
	       && op->deadline > 0) {
		int e = awaitfd(f, call->events, call->reason, op->deadline);
		if (e)
			return e;
		lock(&f->lock);
	}
	bool closing = f->closing;
	f->dry |= call->events;
	unlock(&f->lock);
	return closing ? EBADF : 0;
}

/* Whether the op has taken, or filled, all there was. */
static bool drained(Op *op)
{
	return op->result > 0 && (uint64_t)op->result < op->n
	       && (op->f->drains & op->call->events);
}

/* Do it, waiting where there is need. What it came to, or -errno. */
static ALWAYS_INLINE int64_t perform(Op *op)
{
	if (op->f->kind == Plain) {
		outside(callop, op);
		return op->result;
	}
	do {
		int e = waitdry(op);
		if (e)
			return -e;
		systemstack(callop, op);
		if (op->result != -EAGAIN) {
			if (!drained(op))
				passon(op->f, op->call->events);
			return op->result;
		}
	} while (op->deadline > 0);
	return -ETIMEDOUT;
}

/* Begin the op on FD for a call until DEADLINE; 0 or errno. */
static int begin(Op *op, int fd, int64_t deadline)
{
	int e = maywait(deadline);
	if (e)
		return e;
	op->f = enterfd(fd, &e);
	if (!op->f)
		return e;
	e = op->f->kind == Unknown
		    ? -(int)(intptr_t)systemstack(lookcall, op->f)
		    : 0;
	if (e)
		leavefd(op->f);
	return e;
}

static ssize_t finish(Op *op, int64_t result)
{
	leavefd(op->f);
	return result < 0 ? seterr((int)-result) : result;
}

/* All of it. */
static ALWAYS_INLINE ssize_t run(Op *op, int fd, int64_t deadline)
{
	int e = begin(op, fd, deadline);
	return e ? seterr(e) : finish(op, perform(op));
}

static int64_t readcall(Op *op)
{
	/* Of a socket recv(2) waits for something, read(2) does not, of 0. */
	return op->f->socket && op->n ? osrecv(op->f->fd, op->p, op->n)
				      : osread(op->f->fd, op->p, op->n);
}

ssize_t seam_read(int fd, void *buf, size_t n, int64_t deadline)
{
	static const Call reading = { SEAM_IN, "read", readcall };
	Op op = {
		.call = &reading,
		.deadline = n ? deadline : 0,
		.p = buf,
		.n = n,
	};
	return run(&op, fd, deadline);
}

static int64_t writecall(Op *op)
{
	return op->f->socket ? ossend(op->f->fd, op->p, op->n)
			     : oswritefd(op->f->fd, op->p, op->n);
}

/* What was written, if anything was; otherwise -errno. */
static int64_t writeall(Op *op)
{
	uint64_t n = op->n;
	do {
		int64_t done = perform(op);
		if (done < 0) {
			seterr((int)-done);
			return op->n < n ? (int64_t)(n - op->n) : done;
		}
		op->p = (uint8_t *)op->p + done;
		op->n -= (uint64_t)done;
	} while (op->n);
	return (int64_t)n;
}

ssize_t seam_write(int fd, const void *buf, size_t n, int64_t deadline)
{
	static const Call writing = { SEAM_OUT, "write", writecall };
	Op op = {
		.call = &writing,
		.deadline = n ? deadline : 0,
		.p = (void *)(uintptr_t)buf,
		.n = n,
	};
	int e = begin(&op, fd, deadline);
	return e ? seterr(e) : finish(&op, writeall(&op));
}

/*
 * Sockets
 */

/* Where who connects is to be told. */
typedef struct Peer {
	struct sockaddr *addr;
	socklen_t *size;
} Peer;

static int64_t acceptcall(Op *op)
{
	Peer *peer = op->p;
	int fd = osaccept(op->f->fd, peer->addr, peer->size);
	if (fd < 0)
		return fd;
	return adoptfd(fd, FdSocket | (op->f->drains ? FdDrains : 0));
}

int seam_accept(int fd, struct sockaddr *addr, socklen_t *size,
		int64_t deadline)
{
	static const Call accepting = { SEAM_IN, "accept", acceptcall };
	Peer peer = { addr, size };
	Op op = { .call = &accepting, .deadline = deadline, .p = &peer };
	return (int)run(&op, fd, deadline);
}

static int64_t connected(Op *op)
{
	int events = ospoll(op->f->fd, SEAM_OUT);
	if (events < 0)
		return events;
	return events ? ossockerror(op->f->fd) : -EAGAIN;
}

/*
 * A socket that does not even connect yet is at the end of its stream, says
 * the kernel; so we ask to be told of it only now.
 */
static int64_t connectcall(Op *op)
{
	Fd *f = op->f;
	if (op->begun)
		return connected(op);
	int facts = osfacts(f->fd);
	int64_t e = facts < 0 ? facts : osconnect(f->fd, op->p, op->n);
	op->begun = e == -EINPROGRESS || e == -EALREADY;
	if (e && !op->begun)
		return e;
	if (f->kind == Unknown) {
		int64_t polling = startpolling(f, facts);
		if (polling)
			return polling;
	}
	return op->begun ? connected(op) : 0;
}

int seam_connect(int fd, const struct sockaddr *addr, socklen_t size,
		 int64_t deadline)
{
	static const Call connecting = { SEAM_OUT, "connect", connectcall };
	Op op = {
		.call = &connecting,
		.deadline = deadline,
		.p = (void *)(uintptr_t)addr,
		.n = size,
	};
	int e = maywait(deadline);
	if (!e && !(op.f = enterfd(fd, &e)))
		return seterr(e);
	return e ? seterr(e) : (int)finish(&op, perform(&op));
}

/*
 * Waiting alone
 */

static int64_t pollcall(Op *op)
{
	int events = ospoll(op->f->fd, op->call->events);
	return events ? events : -EAGAIN;
}

int seam_wait_fd(int fd, int events, int64_t deadline)
{
	static const Call calls[] = {
		{ SEAM_IN, "read", pollcall },
		{ SEAM_OUT, "write", pollcall },
		{ SEAM_IN | SEAM_OUT, "read or write", pollcall },
	};
	if (events < SEAM_IN || events > (SEAM_IN | SEAM_OUT))
		return seterr(self() ? EINVAL : EPERM);
	Op op = { .call = &calls[events - 1], .deadline = deadline };
	return (int)run(&op, fd, deadline);
}
