/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A live process: read while it runs and while it is stopped, and afterwards
 * from what was read and copied by then.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <x86intrin.h>

#include "target/live.h"
#include "util/scope.h"

enum {
	BatchRanges = VectorMost,
	BatchBytes = 64 << 20,
};

static int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static size_t live_read(struct target *t, addr_t at, void *buf, size_t size)
{
	struct live *l = (struct live *)t;

	return cache_read(&l->cache, l->readable ? l->through : 0, at, buf,
			  size);
}

static size_t live_peek(struct target *t, addr_t at, void *buf, size_t size)
{
	struct live *l = (struct live *)t;

	return l->readable ? cache_fetch(l->through, at, buf, size) : 0;
}

static const char *live_absence(struct target *t, addr_t at)
{
	(void)at;
	if (((struct live *)t)->readable)
		return "in memory that cannot be read";
	return "in memory that was not copied";
}

/* How many of the ranges go into one batch, and their bytes. */
static size_t batch_size(const struct range *ranges, size_t n, size_t *bytes)
{
	size_t i = 0;

	*bytes = 0;
	while (i < n && i < BatchRanges
	       && (i == 0 || *bytes + ranges[i].size <= BatchBytes))
		*bytes += ranges[i++].size;
	return i;
}

/* Hand out GOT bytes at BUF. The range that they end in is read page by page,
 * as far as it goes; return the index of the one after it. */
static size_t hand_out(struct live *l, struct range *ranges, size_t n,
		       uint8_t *buf, size_t got)
{
	for (size_t i = 0; i < n; i++) {
		struct range *r = &ranges[i];
		bool whole = got >= r->size;

		if (!whole)
			got = cache_read(&l->cache, l->through, r->low, buf,
					 r->size);
		r->copy = (struct bytes){ buf, whole ? r->size : got };
		if (!whole)
			return i + 1;
		buf += r->size;
		got -= r->size;
	}
	return n;
}

/* Copy a batch to BUF; return how many ranges are done with. */
static size_t copy_batch(struct live *l, struct range *ranges, size_t n,
			 uint8_t *buf, size_t bytes)
{
	struct iovec local = { buf, bytes };
	struct iovec remote[BatchRanges] = { 0 };
	ssize_t got;

	for (size_t i = 0; i < n; i++) {
		memcpy(&remote[i].iov_base, &ranges[i].low.v,
		       sizeof(ranges[i].low.v));
		remote[i].iov_len = ranges[i].size;
	}
	got = process_vm_readv(l->through, &local, 1, remote, n, 0);
	return hand_out(l, ranges, n, buf, got < 0 ? 0 : got);
}

/* Of what is used again soon all becomes as large as the largest. */
static bool grow(struct copy *c, size_t bytes)
{
	size_t room = bytes > c->room * 2 ? bytes : c->room * 2;

	free(c->bytes);
	*c = (struct copy){ array_try(room, 1), room };
	if (!c->bytes)
		c->room = 0;
	return c->bytes;
}

/* Room for so many BYTES; NULL: there is none. */
static uint8_t *room_for(struct live *l, size_t bytes)
{
	struct copy *c;

	if (l->copied == l->copies.n)
		*ARRAY_PUSH(&l->copies) = (struct copy){ 0 };
	c = &l->copies.items[l->copied];
	if (c->room < bytes && !grow(c, bytes))
		return NULL;
	l->copied++;
	return c->bytes;
}

static void live_copy(struct target *t, struct range *ranges, size_t n)
{
	struct live *l = (struct live *)t;
	size_t done = 0;

	while (done < n && l->readable) {
		size_t bytes;
		size_t k = batch_size(ranges + done, n - done, &bytes);
		uint8_t *buf = room_for(l, bytes);

		if (!buf) {
			done += k;
			continue;
		}
		done += copy_batch(l, ranges + done, k, buf, bytes);
	}
}

static void live_drop(struct target *t)
{
	((struct live *)t)->copied = 0;
}

/* SIGCHLD is what stop.c sleeps on: it must stay pending, and is not sent to
 * whoever ignores it. Who is stopped himself lets nobody go on. */
static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGTTIN);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGCHLD, SIG_DFL);
}

/* One that has not ended: through it memory and files are found. */
static void choose_thread(struct live *l)
{
	int thread = procfs_thread(l->pid);

	if (l->through == thread)
		return;
	l->through = thread;
	l->target.root =
		strings_format(&l->target.strings, "/proc/%d/root", thread);
}

static void live_refresh(struct target *t)
{
	struct live *l = (struct live *)t;

	cache_refresh(&l->cache, l->through);
}

/* From M on, the first one of a file's code. */
static const struct mapping *next_code(const struct mapping *m,
				       const struct mapping *end)
{
	while (m < end && (!m->executable || m->file == NO_FILE))
		m++;
	return m;
}

static bool same_code(const struct mapping *a, const struct mapping *a_end,
		      const struct mapping *b, const struct mapping *b_end)
{
	for (;; a++, b++) {
		a = next_code(a, a_end);
		b = next_code(b, b_end);
		if (a == a_end || b == b_end)
			return a == a_end && b == b_end;
		if (!addr_eq(a->low, b->low) || !addr_eq(a->end, b->end)
		    || a->offset != b->offset || a->file != b->file)
			return false;
	}
}

/* Of what it was when the target was opened. */
static struct error *read_mappings_again(struct live *l)
{
	struct target *t = &l->target;
	SCOPE(memory) struct mapping *before = t->mappings.items;
	size_t n = t->mappings.n;
	struct error *e;

	t->mappings.items = NULL;
	t->mappings.n = t->mappings.room = 0;
	e = procfs_read_mappings(l);
	t->remapped = !same_code(before, before + n, t->mappings.items,
				 t->mappings.items + t->mappings.n);
	return e;
}

static struct error *live_stop(struct target *t)
{
	struct live *l = (struct live *)t;
	struct error *e;

	block_signals();
	t->stopped_ns = -monotonic_ns();
	e = l->told ? told_threads(l) : stop_threads(l);
	if (!e) {
		choose_thread(l);
		cache_refresh(&l->cache, l->through);
		e = procfs_check_identity(l);
	}
	if (!e)
		e = read_mappings_again(l);
	t->now = (struct clock_reading){ __rdtsc(), monotonic_ns() };
	if (e)
		target_resume(t);
	return e;
}

static void live_resume(struct target *t)
{
	struct live *l = (struct live *)t;

	if (!l->readable)
		return;
	resume_threads(l);
	sigprocmask(SIG_SETMASK, &l->mask, NULL);
	l->readable = false;
	t->stopped_ns += monotonic_ns();
}

static void live_close(struct target *t)
{
	struct live *l = (struct live *)t;

	live_resume(t);
	for (size_t i = 0; i < l->copies.n; i++)
		free(l->copies.items[i].bytes);
	free(l->copies.items);
	free(l->held.items);
	cache_free(&l->cache);
	free(l);
}

static const struct target_ops live_ops = {
	.read = live_read,
	.peek = live_peek,
	.copy = live_copy,
	.drop = live_drop,
	.absence = live_absence,
	.refresh = live_refresh,
	.stop = live_stop,
	.resume = live_resume,
	.close = live_close,
};

static struct error *open_process(int pid, FILE *told,
				  struct progress *progress,
				  struct target **ret)
{
	struct live *l = array_new(1, sizeof(*l));
	SCOPE(target) struct target *t = &l->target;
	struct error *e;

	t->ops = &live_ops;
	t->exe = NO_FILE;
	t->progress = progress;
	t->subject = strings_format(&t->strings, "process %d", pid);
	l->pid = pid;
	l->told = told;
	choose_thread(l);
	sigprocmask(SIG_BLOCK, NULL, &l->mask);
	procfs_identify(l);
	l->nested = procfs_inner(pid, pid) != pid;
	t->ids_certain = true;
	l->readable = true;
	e = procfs_read_mappings(l);
	if (!e)
		e = procfs_read_exe(l);
	if (e)
		return e;
	*ret = RELEASE(t);
	return NULL;
}

struct error *target_open_live(int pid, struct progress *progress,
			       struct target **ret)
{
	return open_process(pid, NULL, progress, ret);
}

struct error *target_open_held(int pid, FILE *told, struct progress *progress,
			       struct target **ret)
{
	return open_process(pid, told, progress, ret);
}
