/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * runtime.h - READ FIRST. The data of the runtime: what a goroutine (G), a
 * machine (M) and the scheduler are, which lock guards what, and what each
 * file offers to the others. Names are those of Go's first runtime where the
 * thing is the same.
 *
 * Locks, in the order in which they may be taken:
 *	joinlock	who waits for the end of a goroutine (end.c)
 *	seam_cond.guard	who waits in it
 *	guard of the other objects of seam.h: who waits for them, and
 *	Chan.lock	a channel's buffer and its queues of waiters; a select
 *			takes several, by address
 *	Fd.lock		what waits for a descriptor (netpoll.h)
 *	timers.lock	the deadlines of those who wait (timers.c)
 *	sched.lock	the shared run queue, idle Ms, free Gs, allg, allm
 *	an M's runq	see runq.h
 *	central.lock	blocks that no M holds (mal.c)
 * Nobody holds a lock while goroutines run user code.
 *
 * Stacks: "on g0" means on the stack of an M's thread, with the guard in the
 * thread control block 0, so that no check fires there. Everything else runs
 * on a goroutine's segments. While the guard is not 0 nobody stands on g0.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes.h"
#include "knobs.h"
#include "os.h"
#include "seam.h"
#include "stack.h"

typedef struct Gobuf Gobuf;
typedef struct Stktop Stktop;
typedef struct Block Block;
typedef struct G G;
typedef struct M M;
typedef struct Sched Sched;
typedef struct Lock Lock;
typedef struct Timer Timer;
typedef struct Timers Timers;
typedef struct Bucket Bucket;
typedef struct Waiter Waiter;
typedef struct seam_waitq Waitq;
typedef struct Chan Chan;
typedef struct Handling Handling;

/* Decided on by proc.c alone; gswitch and gogo write what it says. */
enum gstatus {
	Gidle,	   /* just made, not yet used */
	Grunnable, /* on the run queue; sched is valid */
	Grunning,  /* g->m stands on its stack, or on g0 for it */
	Gwaiting,  /* waitreason, waiton, waitsince and sched are valid */
	Gdead,	   /* ended; on a gfree list, kept with its first segment */
};

/* Where a goroutine goes on: set by gswitch and mcall, read by gogo. */
struct Gobuf {
	uintptr_t sp; /* SavedRegs bytes lie here, in asm/offsets.h's order */
	uintptr_t pc; /* always `resume`, where they are taken back */
};

/*
 * What is at the top of each segment: itself, and the way back to the older
 * one. Drawn in stack.h. A segment that was left stays behind the older one
 * as its `next`, empty, with all of these but oldsp still true: morestack.S
 * enters it again without leaving the stack. First comes what is in a line of
 * the cache with the first frames: what a goroutine's end needs.
 */
struct Stktop {
	/* The next older segment's; NULL in the first. */
	_Alignas(16) Stktop *oldbase; /* 16: frames begin below it */
	Stktop *next;	 /* what was left, or is in use, behind this one */
	Block *blocks;	 /* what alloca did not find room for */
	uint32_t slow;	 /* 1: whoever leaves it goes through oldstack */
	uintptr_t oldsp; /* the boundary in the older segment; 0 in the first */
	uintptr_t oldguard; /* g->stackguard of the older segment */
	uintptr_t oldlo;    /* g->stacklo of the older segment */
	uintptr_t guard;    /* g->stackguard of this one */
	uintptr_t lo;	    /* this segment's own lowest address */
	uint64_t nextroom;  /* smaller frames than this fit into next, empty */
	uint64_t size;	    /* this segment's bytes, Stktop included */
};

/* One goroutine. Never unmapped: dead ones are used again. */
struct G {
	uintptr_t stackguard; /* what the prologue compares sp with */
	Stktop *stackbase;    /* newest segment's Stktop */
	uintptr_t stacklo;    /* newest segment's lowest address */
	Gobuf sched;	      /* unless Grunning */
	M *m;		      /* runs, or last ran, on it */
	enum gstatus status;
	bool timedout; /* the wait was ended by its deadline */
	bool intimers; /* its wait has a timer, not yet counted as stale */
	uint16_t err;  /* its errno, unless Grunning */
	uint64_t wait; /* number of this or the last wait; odd: claimed */
	/* A line further: with the first, all that start and end need. */
	int64_t goid;	       /* 1 is main; never used twice */
	G *schedlink;	       /* on sched's run queue or a gfree list */
	uintptr_t gopc;	       /* return address of our seam_go; 0 for main */
	void (*entry)(void *); /* the goroutine's function */
	void *arg;	       /* and its argument */
	uintptr_t joiners;     /* what others want of it; see end.c */
	void **locals;	       /* of seam_setlocal(); NULL: none yet */
	char name[16];	       /* NUL-ended; "" until seam_setname */
	G *alllink;	       /* on allg */
	uintptr_t stack0;      /* first segment's lowest address */
	uint64_t stacksize; /* bytes of all segments, the spare one included */
	Lock *waitlock; /* what its wait holds until it has left its stack */
	/* If Gwaiting, for whoever looks: */
	const char *waitreason; /* a literal, never freed */
	void *waiton;		/* Chan, seam_mutex, ...; or NULL */
	uint64_t waitsince;	/* recentticks(), see Clock */
};

/* Blocks of one size that one M keeps for itself; see mal.c. */
enum { NSizeClass = 15 };
typedef struct Mcache {
	struct Mfree {
		void *head;	 /* linked through their first words */
		int32_t n, more; /* these; and so many came last */
	} free[NSizeClass];
} Mcache;

/* Where an M stands still: see world.h. */
typedef struct Hold {
	uint32_t state;	 /* futex: enum hold */
	uintptr_t sp;	 /* what is on the stack that it was on begins here, */
	uintptr_t guard; /* under this guard; */
	uintptr_t regs;	 /* from here to sigend lie its registers; 0: none */
	uintptr_t stackend; /* always: the end of the thread's own stack */
} Hold;

/* One machine: an OS thread that runs goroutines. Never freed. */
struct M {
	G *curg;     /* runs, or last ran, on this M; NULL before the first */
	Gobuf sched; /* where g0 is entered; pc is not used */
	uintptr_t sigstack; /* handlers run here, */
	uintptr_t sigend;   /* up to here */
	int *perrno;	    /* this thread's errno */
	G *g0; /* this M's own stack; not on allg, never scheduled */
	/* The queue of runnable goroutines: see runq.h. */
	uint32_t inrunq; /* 1: this M is in it */
	uint32_t thief;	 /* see enum thief in runq.h */
	G **runq;	 /* a ring of runqmask + 1, a power of 2 */
	uint32_t runqhead;
	uint32_t runqtail;
	uint32_t runqmask;
	uint32_t runqcome; /* runqtail, when events were last asked for */
	int64_t rundelay, delayseen; /* and when it was read: crowded.c */

	/* What this M is at: see idle.c. */
	uint64_t lookat; /* nswitch at which it looks around; 0: at once */
	bool active;	 /* may run goroutines; counts in sched.nactive */
	bool searching;	 /* called, has found nothing yet */
	bool stocked;	 /* counts in sched.nstocked; see stock.c */
	bool coming;	 /* in sched.ncoming: its thread was never idle yet */
	uint32_t wakeup; /* futex, if idle: see enum wakeup in idle.c */
	Handling *handling; /* this thread's C++ exceptions; see handling.h */
	M *idlelink;	    /* on sched.midle */
	uint64_t nswitch;   /* goroutines started, continued, or that yielded */
	uint64_t thiefseen; /* nswitch when one last came to steal */
	uint64_t seenswitch; /* nswitch when the watcher last looked, */
	int64_t stucksince;  /* and since when it has been that */

	void (*parkrelease)(void *); /* called when curg no longer runs */
	void *parkarg;
	int64_t parkwhen; /* curg's deadline */
	G *gfree;	  /* dead, through schedlink; used by this M alone */
	int32_t ngfree;
	int32_t id;	  /* 0 is the thread of seam_run */
	int32_t procid;	  /* the kernel's thread id; 0: it has no thread */
	uintptr_t thread; /* libc's */
	M *alllink;	  /* on allm */
	uint32_t random;  /* select's; 0: not yet used */
	Mcache mcache;	  /* used by this M alone */
	Hold hold;
};

/* 0 free, 1 held. lock.c */
struct Lock {
	uint32_t key;
};

/*
 * What turns ticks into nanoseconds: two readings of both clocks. since(t) is
 * (last.ticks - t) * (last.ns - first.ns) / (last.ticks - first.ticks). LAST
 * is read anew whenever an M goes idle or the process dies.
 */
typedef struct Clock {
	struct Clockpair {
		uint64_t ticks; /* the processor's time stamp counter */
		int64_t ns;	/* CLOCK_MONOTONIC */
	} first, last;
} Clock;

/*
 * A wait that ends at `when`, unless it has ended: then g->wait is another
 * number, and the timer is stale.
 */
struct Timer {
	int64_t when; /* seam_now() */
	G *g;
	uint64_t wait; /* which of g's waits */
};

/* Deadlines whose highest bit that differs from Timers.base is the same one. */
struct Bucket {
	int64_t first;	/* the earliest of them; valid while chunk is not 0 */
	uint32_t chunk; /* the newest of its chunks, 0: it is empty */
	uint32_t n;	/* slots taken of that chunk */
};

enum { TimerBuckets = 64 }; /* Bits of a time, and one for what is over. */

struct Timers {
	Lock lock;
	Timer *slots;	 /* in chunks; an empty one's g is NULL */
	uint32_t *chain; /* a chunk's next in its bucket, or free; 0: none */
	int64_t used;	 /* slots that have ever been in a bucket */
	int64_t max;
	int64_t n;	/* read without lock, as an estimate */
	int64_t nstale; /* of the n: their waits have ended, and been counted */
	int64_t next; /* the first's when, INT64_MAX: none; read without lock */
	int64_t base; /* has come: see timers.c */
	uint64_t full; /* a bit for each bucket that is not empty */
	uint32_t free; /* the first free chunk, 0: none */
	Bucket bucket[TimerBuckets];
};

struct Sched {
	Lock lock;
	/* Runnable, of no M: through schedlink, oldest first. */
	G *runqhead;
	G *runqtail;
	uint64_t runqsize;
	G *gfree;      /* dead, of no M: through schedlink */
	M *midle;      /* through idlelink */
	M *munstarted; /* without a thread, for there was none; idlelink */
	M *watcher;    /* the idle M that looks after the others; see idle.c */
	M *poller;     /* the idle M that waits for descriptors, */
	bool poked;    /* and has been woken */
	bool deep;     /* the watcher sleeps for long */
	uint64_t nactivated; /* idle Ms that were let run goroutines */
	int32_t nblocking;   /* in seam_blocking() */
	int32_t nmidle;
	int32_t nm;	    /* machines in all */
	int32_t nactive;    /* may run goroutines, */
	int32_t maxactive;  /* of so many: SEAM_MAXPROCS */
	int32_t nsearching; /* of the active ones */
	int32_t nstocked;   /* keep dead Gs and free blocks, and not outside */
	int32_t ncoming;    /* have been started, and not yet been idle */
	bool needy;	    /* an idle M could be called; read without lock */
	bool stopped; /* main has returned: no M runs a goroutine any more */
	bool started; /* seam_run or seam_start has been called */
	bool fenced;  /* see runq.h */
	uint32_t run; /* odd: the runtime runs, and threads may call us */
	int32_t nthreads; /* threads of the program that have, and live; */
	int32_t nforever; /* those of them that wait without a deadline */
	/*
	 * One M only runs goroutines, so what only goroutines use needs no
	 * atomic instruction. Ends for good when an M is replaced, with the
	 * first call of a thread that is no M (alone.c) and with the first
	 * descriptor that is waited for (netpoll.c).
	 */
	bool alone;
	bool shared;	  /* no M thinks so any more: threads may go on */
	int64_t crowded;  /* until then Ms wait for processors: crowded.c */
	int64_t crowdtry; /* for so long, the last time */
	int64_t asked;	  /* when events were last asked for */
	uint64_t ticks;	  /* see recentticks() */
	int64_t goidgen;  /* the last goid given; atomic */
	Clock clock;
};

/* What became of a wait that neither the deadline nor seam_cancel() ended. */
enum outcome {
	Nothing, /* it has not been ended, or by one of these */
	Done,	 /* the element changed hands, the lock is free, ... */
	Closed,	 /* the channel was closed */
};

/* A goroutine in an object's queue. On its own stack. */
struct Waiter {
	Waiter *next;
	Waiter *prev;
	G *g;
	uint64_t wait; /* which of g's waits this is */
	void *elem;    /* where the element lies, or is to go; may be NULL */
	enum outcome outcome; /* written by who won claim() */
	bool queued;
	bool writes; /* for a seam_rwlock: wants it for itself */
	bool tried;  /* for a seam_mutex: was woken once, and too late */
};

struct Chan {
	Lock lock;
	bool closed;
	uint64_t count; /* elements in buf */
	uint64_t cap;	/* elements that buf has room for */
	uint64_t elemsize;
	uint64_t recvx; /* next element to receive, an index into buf */
	uint64_t sendx; /* where the next one goes */
	Waitq recvq;
	Waitq sendq;
	uintptr_t makepc; /* return address of its seam_chan_make */
	uint8_t buf[];	  /* cap * elemsize bytes, a ring */
};

/* Every G ever made, newest first, through alllink. Dead ones included. */
extern G *allg;
/* Every M, newest first, through alllink. */
extern M *allm;
extern M m0; /* the thread of seam_run */
extern G g0; /* its own stack */
extern Sched sched;
extern Timers timers;

/*
 * asm/morestack.S, asm/gostart.S
 */
/* Park here; fn(this goroutine) on g0. Returns 0. */
int mcall(void (*fn)(G *gp));
/* Run GP on this M, from g0 or from the stack of one who never comes back. */
void gogo(G *gp) __attribute__((noreturn));
/*
 * Save FROM, which runs; say in its gstatus what it is from now on; go on as
 * TO, on MP, this M; and only when nobody stands on FROM's stack any more,
 * clear *RELEASE. errno goes with the goroutine. Returns 0, when somebody goes
 * on as FROM.
 */
int gswitch(G *from, G *to, enum gstatus status, uint32_t *release, M *mp);
void *ong0(void *(*fn)(void *), void *arg);
void mstart(M *mp);
void tracefrom(Gobuf *buf, void (*fn)(void *), void *arg);
extern const char gostart[], gostart1[], resume[], retfromnewstack[];
extern const uintptr_t seamcode[2]; /* all of morestack.S */

/*
 * proc.c: goroutines. The only code that decides on a gstatus.
 */

/* Run goroutines on this M until the runtime stops. On g0. */
void schedule(void);

/* Make GP, whose wait we claimed, runnable: here or, on a thread that is no
 * M, for any M. */
void ready(G *gp);
/* Make goroutines whose deadline has come runnable here. On g0. */
void readytimed(M *mp);
/* LIST, claimed, through schedlink, is runnable: here (on g0), or for any M. */
void readyhere(M *mp, G *list);
void readyshared(G *list);
/* Goroutines that MP leaves to others, with sched.lock held. */
void runqtoglobal(M *mp);
/* N dead goroutines of MP, this M's, are for all. */
void sharefree(M *mp, int32_t n);
/* Some of those that belong to no M for MP, this M. */
void runqfromglobal(M *mp);

/* Start FN(ARG) on MP, this M. Its goid, or -1 and errno. */
int64_t newproc(M *mp, void (*fn)(void *), void *arg, uintptr_t pc);

/*
 * park() (park.h) for one who waits in several queues: RELEASE(ARG) is called
 * on g0 when the goroutine no longer runs.
 */
void parkmany(void (*release)(void *), void *arg, const char *reason,
	      void *waiton, int64_t deadline);
/* A release for one queue: ARG is its Lock. */
void releaselock(void *l);

/*
 * end.c: the ends of goroutines, and those who wait for them.
 */

/* A bit of G.joiners; the others are explained in end.c. */
enum { Cancelled = 2 };

/* Whether somebody has called seam_cancel() for GP. */
static inline bool cancelled(G *gp)
{
	return __atomic_load_n(&gp->joiners, __ATOMIC_RELAXED) & Cancelled;
}

/* The running goroutine GP is about to end. On its own stack. */
void ending(G *gp);
/* Cancel GP, a thread's. */
void cancelwait(G *gp);

/*
 * mutex.c, local.c
 */

/* Lock M whatever happens: no deadline, and seam_cancel() does not count. */
void locksurely(seam_mutex *m);
/* Unlock M, which the running goroutine owns. */
void letgo(seam_mutex *m);

/* Run the destructors of GP, which is about to end. */
void freelocals(G *gp);
/* Its N values; NULL: it has none. */
void **localsof(G *gp, uint64_t *n);

/*
 * stack.c: segments. The only code that links and unlinks them.
 */

/* stackalloc and stackfree, by vectors.c: all vector registers are kept. */
void *segmentalloc(uint64_t n);
void segmentfree(void *p);

/* Give GP its first segment. False: no memory. On g0. */
bool stackinit(G *gp);
/* Set the empty stack of GP up to run its entry. */
void stackentry(G *gp);
/* Give back all segments but the first, and what alloca took. On g0. */
void stackreset(G *gp);
/*
 * Give back the segments newer than the one that SP lies in, and its guard is
 * GP's. False: it lies in none, but on a signal's or a thread's own stack. On
 * a large stack.
 */
bool stackjump(G *gp, uintptr_t sp);
/*
 * An exception leaves GP's newest segment for the one that BOUNDARY lies in.
 * The newest one's frames, which the unwinder still needs, stay as they are
 * until GP grows, returns over a seam or waits. On any stack.
 */
void stackunwind(G *gp, uintptr_t boundary);
/* GP waits: give back the spare segment, and pages that hold nothing. On g0. */
void stackshrink(G *gp);
/* What seam_setmaxstack set. */
extern uint64_t maxstacksize;
/* ranges.c: whether SP lies on a segment of GP, or one that it has just left.
 */
bool stackhas(G *gp, uintptr_t sp);
/* seam_foreach_stack() for GP, of which SP is known, or 0. */
void stackranges(G *gp, uintptr_t sp, void (*fn)(const seam_stack *, void *),
		 void *arg);

/*
 * runq.c: what is not in runq.h
 */
bool runqinit(M *mp);
void runqwait(M *mp);
bool runqgrow(M *mp); /* false: no memory */
/* Take half of what VICTIM has for MP, this M; how many. On g0. */
uint32_t runqsteal(M *mp, M *victim);

/*
 * chan.c
 */

/*
 * Send or receive, with c->lock held, what needs no waiting. Return 0, EPIPE
 * or EAGAIN; with 0 *WOKEN may be the one whose wait we have ended: ready(),
 * when the lock has been released.
 */
int trysend(Chan *c, const void *v, Waiter **woken);
int tryrecv(Chan *c, void *v, Waiter **woken);

/*
 * mal.c: mal and mfree are in seam.h.
 */

/* How much each M may keep; after knobsinit(). */
void malinit(void);
/* The free blocks of MP, this M, are for all. */
void malshare(M *mp);
/* mal() for code that may stand on a goroutine's stack. */
void *gmal(uint64_t n);
void gmfree(void *p);

/*
 * checks.c splitstack.c
 */

/* Die with words: the linker widens nothing; libgcc's runtime is there too. */
void checklink(void);
void checkguard(void);

#define NOSPLIT	 __attribute__((no_split_stack))
#define nelem(a) (sizeof(a) / sizeof((a)[0]))

#include "idle.h"
#include "report.h"
#include "timers.h"

uint64_t ticks(void); /* time.c */

#include "thread.h"

#endif
