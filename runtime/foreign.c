/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * foreign.c - see foreign.h. A thread gets its G with its first call and
 * gives it back when it ends; Gs are used again, never freed.
 *
 * A run of the runtime, from its start to its stop, has an odd number,
 * sched.run. A thread joins each run with its first call in it: from then on
 * endthreads() ends its waits, and no M thinks itself alone (alone.c). It is
 * on the list of threads before it waits, says that it waits, and then looks
 * whether it is cancelled; endthreads() does that the other way round, as
 * seam_cancel() does (wait.c).
 */
#include "foreign.h"
#include "trace.h"
#include "waitq.h"

typedef struct Thread {
	G g;
	uint32_t woken;		 /* futex: 1: its wait has ended */
	uint32_t run;		 /* sched.run when it last looked around */
	uint32_t random;	 /* select's */
	int32_t procid;		 /* the kernel's thread id */
	bool waits;		 /* g's waitreason and waiton are valid */
	bool forever;		 /* without a deadline: in sched.nforever */
	struct Thread *alllink;	 /* on threads */
	struct Thread *freelink; /* on freethreads */
} Thread;

static __thread Thread *mine __attribute__((tls_model("initial-exec")));
static Thread *threads;	    /* all that were ever made; under sched.lock */
static Thread *freethreads; /* those whose thread has ended; the same */

static Thread *threadof(G *gp)
{
	return (Thread *)gp; /* g comes first */
}

/*
 * Its first call in a run
 */

/* The thread of T ends. */
static NOSPLIT void threadends(void *t_)
{
	Thread *t = t_;
	if (t->g.locals)
		freelocals(&t->g);
	mine = NULL;
	lockm(&sched.lock);
	t->freelink = freethreads;
	freethreads = t;
	sched.nthreads--;
	unlock(&sched.lock);
}

static Thread *takefree(void)
{
	lockm(&sched.lock);
	Thread *t = freethreads;
	if (t)
		freethreads = t->freelink;
	unlock(&sched.lock);
	return t;
}

static Thread *newthread(void)
{
	Thread *t = mal(sizeof(*t));
	if (!t)
		return NULL;
	fillbytes(t, 0, sizeof(*t));
	lockm(&sched.lock);
	t->alllink = threads;
	threads = t;
	unlock(&sched.lock);
	return t;
}

/* The calling thread has no G yet. */
static Thread *adopt(void)
{
	Thread *t = takefree();
	if (!t)
		t = newthread();
	if (!t)
		return NULL;
	lockm(&sched.lock);
	t->procid = osprocid();
	sched.nthreads++;
	unlock(&sched.lock);
	mine = t;
	if (osatend(threadends, t))
		return t;
	threadends(t);
	return NULL;
}

/* T takes part in run RUN. False: that is over. */
static bool join(Thread *t, uint32_t run)
{
	lockm(&sched.lock);
	bool runs = sched.run == run;
	t->g.joiners = 0; /* endthreads() of the last run */
	t->run = run;
	unlock(&sched.lock);
	if (runs)
		endalone();
	return runs;
}

G *foreign(void)
{
	Thread *t = mine;
	uint32_t run = __atomic_load_n(&sched.run, __ATOMIC_ACQUIRE);
	if (!(run & 1))
		return NULL;
	if (t && t->run == run)
		return &t->g;
	if (!t)
		t = adopt();
	return t && join(t, run) ? &t->g : NULL;
}

uint32_t *threadrandom(void)
{
	return &mine->random;
}

/*
 * Waiting
 */

static void countforever(Thread *t)
{
	lockm(&sched.lock);
	t->forever = true;
	sched.nforever++;
	unlock(&sched.lock);
}

void wakethread(G *gp)
{
	Thread *t = threadof(gp);
	lockm(&sched.lock);
	sched.nforever -= t->forever;
	t->forever = false;
	unlock(&sched.lock);
	/* From here on it may end, and T be another thread's. */
	__atomic_store_n(&t->woken, 1, __ATOMIC_RELEASE);
	futexwakeup(&t->woken);
}

static bool waitover(Thread *t, uint64_t wait, int64_t deadline)
{
	if (__atomic_load_n(&t->woken, __ATOMIC_ACQUIRE))
		return true;
	if (!gone(deadline) || !claim(&t->g, wait))
		return false;
	t->g.timedout = true;
	return true;
}

void parkthread(void (*release)(void *), void *arg, const char *reason,
		void *waiton, int64_t deadline)
{
	Thread *t = mine;
	G *gp = &t->g;
	uint64_t wait = gp->wait & ~UINT64_C(1); /* may be claimed by now */

	setwait(gp, reason, waiton);
	t->waits = true;
	__atomic_store_n(&t->woken, 0, __ATOMIC_RELAXED);
	if (deadline == INT64_MAX)
		countforever(t);
	release(arg);
	if (deadline == INT64_MAX)
		checkasleep();
	while (!waitover(t, wait, deadline))
		futexsleep(&t->woken, 0, deadline);
	t->waits = false;
}

bool threadsmayact(void)
{
	return sched.nthreads > sched.nforever
	       || ostasks() > sched.nm + sched.nthreads;
}

/*
 * The end of a run
 */

void endthreads(void)
{
	lockm(&sched.lock);
	Thread *list = threads;
	unlock(&sched.lock);
	for (Thread *t = list; t; t = t->alllink)
		cancelwait(&t->g);
}

void printthreads(void)
{
	for (Thread *t = threads; t; t = t->alllink) {
		if (!t->waits)
			continue;
		print("\nthread %d", (int64_t)t->procid);
		printwait(&t->g);
	}
}
