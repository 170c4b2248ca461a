/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * select.c - waiting for the first of several sends and receives.
 *
 * The channels' locks are all held, in the order of their addresses, while
 * the clauses are tried, and still while we join the queues, so that nothing
 * changes in between; they are released on g0 when we have left our stack.
 * Whoever then wins our claim() has done one clause; we lock all channels
 * again and leave the other queues.
 */
#include "foreign.h"
#include "stress.h"
#include "waitq.h"

enum {
	FewClauses = 4, /* these wait on the stack, more in a block of gmal */
	MaxClauses = 256,
};

/* A clause that has a channel. */
typedef struct Case {
	seam_clause *clause;
	struct Case *higher; /* the case with the next channel to lock */
	Waiter w;
} Case;

/* What a goroutine in a select waits on. On its own stack. */
typedef struct Select {
	Case *cases;
	int n;
	Case *lowest; /* through higher */
} Select;

static Waitq *queueof(Case *k)
{
	Chan *c = k->clause->chan;
	return k->clause->op == SEAM_SEND ? &c->sendq : &c->recvq;
}

static void insertbylock(Select *s, Case *k)
{
	Case **p = &s->lowest;
	while (*p && (*p)->clause->chan < k->clause->chan)
		p = &(*p)->higher;
	k->higher = *p;
	*p = k;
}

static void setup(Select *s, Case *cases, seam_clause *clauses, int n)
{
	*s = (Select){ .cases = cases };
	for (int i = 0; i < n; i++) {
		if (!clauses[i].chan)
			continue;
		Case *k = &cases[s->n++];
		k->clause = &clauses[i];
		insertbylock(s, k);
	}
}

/* The next case with another channel. */
static Case *nextchan(Case *k)
{
	Chan *c = k->clause->chan;
	while (k && k->clause->chan == c)
		k = k->higher;
	return k;
}

/* The lock that unlockall() releases last. */
static Lock *lastlock(Select *s)
{
	Case *k = s->lowest;
	while (k->higher)
		k = k->higher;
	return &k->clause->chan->lock;
}

static void lockall(Select *s)
{
	for (Case *k = s->lowest; k; k = nextchan(k))
		lock(&k->clause->chan->lock);
}

/* When the last lock is released the select may be gone. */
static NOSPLIT void unlockall(void *arg)
{
	Case *k = ((Select *)arg)->lowest;
	while (k) {
		Chan *c = k->clause->chan;
		k = nextchan(k);
		checkchan(c);
		unlock(&c->lock);
	}
}

/* Below N, another each time. */
static uint32_t randombelow(uint32_t n)
{
	M *mp = getm();
	uint32_t *random = mp ? &mp->random : threadrandom();
	uint32_t x = *random ? *random : (uint32_t)ticks() | 1;
	x ^= x << 13; /* G. Marsaglia, "Xorshift RNGs" */
	x ^= x >> 17;
	x ^= x << 5;
	*random = x;
	return (uint32_t)((uint64_t)x * n >> 32);
}

static int tryone(Case *k, Waiter **woken)
{
	Chan *c = k->clause->chan;
	void *v = k->clause->value;
	return k->clause->op == SEAM_SEND ? trysend(c, v, woken)
					  : tryrecv(c, v, woken);
}

/* Do one clause that is ready. Return what became of it, or EAGAIN. */
static int tryall(Select *s, Case **won, Waiter **woken)
{
	int start = (int)randombelow((uint32_t)s->n);
	for (int i = 0; i < s->n; i++) {
		*won = &s->cases[(start + i) % s->n];
		int e = tryone(*won, woken);
		if (e != EAGAIN)
			return e;
	}
	return EAGAIN;
}

static void enqueueall(Select *s, G *gp, uint64_t wait)
{
	for (Case *k = s->cases; k < s->cases + s->n; k++) {
		k->w.g = gp;
		k->w.wait = wait;
		k->w.elem = k->clause->value;
		k->w.outcome = Nothing;
		enqueue(queueof(k), &k->w);
	}
}

static void leavequeue(Case *k)
{
	Chan *c = k->clause->chan;
	lock(&c->lock);
	dequeue(queueof(k), &k->w);
	checkchan(c);
	unlock(&c->lock);
}

/*
 * The case that has happened, or NULL. Its channel may be gone: whoever took
 * it out of the queue may have freed it. The others' are not, for nobody else
 * takes us out of their queues now.
 */
static Case *leaveall(Select *s)
{
	Case *won = NULL;
	for (Case *k = s->cases; k < s->cases + s->n; k++) {
		if (k->w.outcome != Nothing)
			won = k;
		else if (k->w.queued)
			leavequeue(k);
	}
	return won;
}

/* None is ready; all channels are locked. */
static int awaitany(Select *s, int64_t deadline, Case **won)
{
	G *gp = self();
	if (gone(deadline)) {
		unlockall(s);
		return ETIMEDOUT;
	}
	uint64_t wait = beginwaiting(gp, lastlock(s));
	if (givenup(gp, wait)) {
		unlockall(s);
		return ECANCELED;
	}
	enqueueall(s, gp, wait);
	parkmany(unlockall, s, "select", s, deadline);
	int e = endwaiting(gp);
	*won = leaveall(s);
	if (!*won)
		return e;
	return (*won)->w.outcome == Done ? 0 : EPIPE;
}

/* Wait for a case. Return 0 or EPIPE, and which; or what it failed with. */
static int choose(Select *s, int64_t deadline, Case **won)
{
	Waiter *woken = NULL;
	if (s->n == 0)
		return !gone(deadline) ? rest("select", deadline) : ETIMEDOUT;
	lockall(s);
	int e = tryall(s, won, &woken);
	if (e == EAGAIN)
		return awaitany(s, deadline, won);
	unlockall(s);
	if (woken)
		ready(woken->g);
	return e;
}

static int selectin(Case *cases, seam_clause *clauses, int n, int64_t deadline,
		    int *index)
{
	Select s;
	Case *won = NULL;
	setup(&s, cases, clauses, n);
	int e = choose(&s, deadline, &won);
	if (!e || e == EPIPE)
		*index = (int)(won->clause - clauses);
	return e;
}

static int selectmany(seam_clause *clauses, int n, int64_t deadline, int *index)
{
	Case *cases = gmal((uint64_t)n * sizeof(*cases));
	if (!cases)
		return ENOMEM;
	int e = selectin(cases, clauses, n, deadline, index);
	gmfree(cases);
	return e;
}

static bool isclause(const seam_clause *clause)
{
	if (clause->op == SEAM_RECV)
		return true;
	const Chan *c = clause->chan;
	return clause->op == SEAM_SEND && (!c || clause->value || !c->elemsize);
}

static bool areclauses(const seam_clause *clauses, int n)
{
	if (n < 0 || n > MaxClauses || (n && !clauses))
		return false;
	for (int i = 0; i < n; i++)
		if (!isclause(&clauses[i]))
			return false;
	return true;
}

int seam_select(seam_clause *clauses, int n, int64_t deadline)
{
	Case few[FewClauses];
	int index = -1, e = maywait(deadline);
	if (e)
		return seterr(e);
	if (!areclauses(clauses, n))
		return seterr(EINVAL);
	e = n <= FewClauses ? selectin(few, clauses, n, deadline, &index)
			    : selectmany(clauses, n, deadline, &index);
	seterr(e);
	return index;
}
