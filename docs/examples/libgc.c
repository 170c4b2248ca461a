/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libgc.c - a garbage collector over goroutines: the Boehm-Demers-Weiser
 * collector, Debian's libgc, for objects that nothing refers to but segmented
 * stacks. Checks that nothing live is lost and that garbage goes.
 *
 *	cc libgc.c $(pkg-config --cflags --libs seam bdw-gc) && ./a.out
 *
 * libgc stops the threads that it knows by signals whose handlers run on the
 * stack that they find, and a goroutine's is too small for that; and it takes
 * the stack of a thread to be in one piece. So it is told of none of the
 * threads that run goroutines: no GC_register_my_thread(), and without
 * GC_THREADS pthread_create() is libc's own. It knows one thread, main's, which
 * runs no goroutine and does all the collecting: seam_foreach_stack() stops
 * the others and shows their stacks, and before it returns libgc has marked.
 *
 * libgc takes no lock while it knows of one thread only, and dies when one
 * that it does not know begins to collect. So one mutex is around all calls of
 * it, and it is disabled but while main collects.
 *
 * Objects come from GC_generic_malloc(). GC_malloc() clears more than 16 KiB of
 * the stack below it now and then, which is all that a goroutine's is sure to
 * have; from seam_blocking() it could be called.
 */
#include <gc/gc.h>
#include <gc/gc_inline.h>
#include <gc/gc_mark.h>
#include <pthread.h>
#include <seam.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	Workers = 40, /* in pairs */
	Rounds = 5,
	Depth = 30,   /* of calls, each with an object of its own, */
	Litter = 20,  /* and as many that are dropped at once */
	Often = 2000, /* objects from one collection to the next */
	Most = Workers * Rounds * (Depth + 1) * (2 + Litter),
	Pieces = 100000, /* of stacks */
};

static void fail(const char *what)
{
	fprintf(stderr, "libgc: %s\n", what);
	exit(1);
}

/*
 * Segments. Not libgc's memory: a stack may have to grow while another thread
 * is in libgc. They are cleared, because all of a segment counts as live while
 * its goroutine is in seam_blocking(): what was left there by the last one
 * would keep its garbage.
 */

static long segments;

void *stackalloc(uint64_t n)
{
	void *p = mal(n);
	__atomic_fetch_add(&segments, 1, __ATOMIC_RELAXED);
	return p ? memset(p, 0, n) : NULL;
}

void stackfree(void *p)
{
	mfree(p);
}

/*
 * Collecting, on main's thread
 */

static pthread_mutex_t heap = PTHREAD_MUTEX_INITIALIZER;
/* Not where libgc looks: the end of a stack may be where its memory begins. */
static seam_stack *pieces;
static long npieces;

static void gather(const seam_stack *s, void *arg)
{
	(void)arg;
	if (s && npieces == Pieces)
		fail("too many pieces of stacks");
	if (s) {
		pieces[npieces++] = *s;
		return;
	}
	GC_enable();
	GC_gcollect();
	GC_disable();
}

/* What libgc calls for roots that it does not know of itself. */
static void push_stacks(void)
{
	for (long i = 0; i < npieces; i++)
		GC_push_all_eager(pieces[i].live, pieces[i].hi);
}

static void collect(void)
{
	pthread_mutex_lock(&heap); /* so that nobody stops inside libgc */
	npieces = 0;
	if (seam_foreach_stack(gather, NULL) < 0)
		fail("seam_foreach_stack");
	pthread_mutex_unlock(&heap);
}

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	long wanted, done; /* collections */
	int over;
} asked = { .lock = PTHREAD_MUTEX_INITIALIZER,
	    .changed = PTHREAD_COND_INITIALIZER };

/* For seam_blocking(): have main collect, and wait for it. */
static void *ask(void *arg)
{
	pthread_mutex_lock(&asked.lock);
	long mine = ++asked.wanted;
	pthread_cond_broadcast(&asked.changed);
	while (asked.done < mine)
		pthread_cond_wait(&asked.changed, &asked.lock);
	pthread_mutex_unlock(&asked.lock);
	return arg;
}

static void answer(void)
{
	pthread_mutex_lock(&asked.lock);
	while (!asked.over) {
		long wanted = asked.wanted;
		if (asked.done == wanted) {
			pthread_cond_wait(&asked.changed, &asked.lock);
			continue;
		}
		pthread_mutex_unlock(&asked.lock);
		collect();
		pthread_mutex_lock(&asked.lock);
		asked.done = wanted;
		pthread_cond_broadcast(&asked.changed);
	}
	pthread_mutex_unlock(&asked.lock);
}

/*
 * Objects. links[i] says, in a way that is no reference, where object i is;
 * libgc clears it when it collects the object.
 */

typedef struct object {
	struct object *next;
	long number;
	char room[48];
} object;

static GC_word links[Most];
static long nobjects, nlive;

static object *make(object *next)
{
	pthread_mutex_lock(&heap);
	object *o = GC_generic_malloc(sizeof(*o), GC_I_NORMAL);
	if (!o || nobjects == Most)
		fail("out of memory");
	o->next = next;
	o->number = nobjects++;
	links[o->number] = GC_HIDE_POINTER(o);
	GC_general_register_disappearing_link((void **)&links[o->number], o);
	pthread_mutex_unlock(&heap);
	if (o->number % Often == Often - 1)
		seam_blocking(ask, NULL);
	return o;
}

/* O and what it refers to are still there. */
static void check(const object *o, const char *whose)
{
	for (; o; o = o->next) {
		if (links[o->number] != GC_HIDE_POINTER(o))
			fail(whose);
		__atomic_fetch_add(&nlive, 1, __ATOMIC_RELAXED);
	}
}

/*
 * Goroutines
 */

static seam_chan *swaps[Workers];
static seam_waitgroup working;
static int key;

/* Give MINE to the other of a pair for its own. On the way it is known to the
 * sender's stack alone. */
static object *swap(long worker, object *mine)
{
	object *other;
	if (worker % 2 == 0)
		seam_send(swaps[worker], &mine, SEAM_FOREVER);
	seam_recv(swaps[worker ^ 1], &other, SEAM_FOREVER);
	if (worker % 2 == 1)
		seam_send(swaps[worker], &mine, SEAM_FOREVER);
	return other;
}

static __attribute__((noinline)) void dig(long worker, int depth)
{
	char frame[600];
	object *mine = make(make(NULL));
	memset(frame, 0xff, sizeof(frame));
	for (int i = 0; i < Litter; i++)
		make(NULL);
	if (depth > 1)
		dig(worker, depth - 1);
	mine = swap(worker, mine);
	if (depth % 8 == 0)
		seam_yield();
	check(mine, "lost what a frame refers to");
}

static void work(void *arg)
{
	for (int i = 0; i < Rounds; i++) {
		seam_setlocal(key, make(NULL));
		dig((long)arg, Depth);
		check(seam_getlocal(key), "lost a goroutine's own value");
		seam_setlocal(key, NULL);
	}
	seam_wg_done(&working);
}

static void start(void *arg)
{
	(void)arg;
	key = seam_key_make(NULL);
	seam_wg_add(&working, Workers);
	for (long i = 0; i < Workers; i++)
		swaps[i] = seam_chan_make(sizeof(object *), 0);
	for (long i = 0; i < Workers; i++)
		seam_go(work, (void *)i);
	seam_wg_wait(&working, SEAM_FOREVER);
	seam_blocking(ask, NULL); /* nothing is live any more */
}

static void *runtime(void *arg)
{
	if (seam_run(start, NULL) < 0)
		fail("seam_run");
	pthread_mutex_lock(&asked.lock);
	asked.over = 1;
	pthread_cond_broadcast(&asked.changed);
	pthread_mutex_unlock(&asked.lock);
	return arg;
}

int main(void)
{
	pthread_t thread;
	long left = 0;

	pieces = malloc(Pieces * sizeof(*pieces));
	if (!pieces)
		fail("out of memory");
	GC_INIT();
	GC_disable();
	GC_set_push_other_roots(push_stacks);
	if (pthread_create(&thread, NULL, runtime, NULL) != 0)
		fail("pthread_create");
	answer();
	pthread_join(thread, NULL);

	for (long i = 0; i < nobjects; i++)
		left += links[i] != 0;
	printf("%ld objects in %ld collections, %ld segments taken\n", nobjects,
	       asked.done, segments);
	printf("%ld times an object was needed: it was there\n", nlive);
	printf("%ld left at the end\n", left);
	/* Some word that is no reference may look like one. */
	return left > nobjects / 100;
}
