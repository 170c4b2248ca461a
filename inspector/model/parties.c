/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "model/collect_objects.h"
#include "model/list.h"
#include "model/reason.h"
#include "util/scope.h"

/* Read so many of the deadlines at a time. */
enum { TimersAtOnce = 1024 };

uint32_t party_at(const struct looking *l, addr_t at)
{
	const uint32_t *known = map_get(&l->snapshot->objects.party_at, at.v);

	return known ? *known : NONE;
}

const char *party_name(struct snapshot *s, const struct party *p)
{
	return p->thread_name
		       ? p->thread_name
		       : strings_format(&s->strings, "goroutine %" PRId64,
					p->goroutine);
}

static uint32_t add_party(struct looking *l, struct party p)
{
	struct objects *o = &l->snapshot->objects;

	map_put(&o->party_at, p.at.v, o->parties.n);
	*ARRAY_PUSH(&o->parties) = p;
	return o->parties.n - 1;
}

/* What goroutines and threads have in common, from the BYTES of the struct. */
static void fill_wait(const struct looking *l, const uint8_t *bytes,
		      struct party *p)
{
	p->wait = layout_get(bytes, l->objects->goroutine.wait);
	p->joiners = layout_get(bytes, l->objects->goroutine.joiners);
	p->claimed = p->wait & 1;
}

static void add_goroutine(struct looking *l, const struct goroutine *g,
			  uint8_t *bytes)
{
	SCOPE(error)
	struct error *e =
		target_read(l->target, g->at, bytes, l->layout->goroutine.size);
	struct party p = {
		.at = g->at,
		.goroutine = g->id,
		.waiting = g->waiting,
		.waited = g->waited,
		.reason = g->reason,
		.object = g->object,
	};

	if (e)
		snapshot_note(l->snapshot, "goroutine %ld: %s", g->id, e->text);
	else if (l->objects)
		fill_wait(l, bytes, &p);
	add_party(l, p);
}

static void visit_thread(void *arg, addr_t at, const uint8_t *node)
{
	struct looking *l = arg;
	const struct objects_layout *o = l->objects;
	const uint8_t *g = node + o->thread.goroutine.offset;
	struct party p = {
		.at = addr_plus(at, o->thread.goroutine.offset),
		.thread = target_tid(l->target,
				     layout_get(node, o->thread.thread)),
		.waiting = layout_get(node, o->thread.waits) & 1,
		.timed = !(layout_get(node, o->thread.forever) & 1),
		.waited = -1,
		.reason = "",
	};
	addr_t reason;

	if (!target_thread(l->target, p.thread))
		p.thread = 0;
	if (p.thread == 0)
		p.waiting = false;
	p.thread_name = p.thread ? strings_format(&l->snapshot->strings,
						  "thread %" PRId32, p.thread)
				 : "a thread that has ended";
	fill_wait(l, g, &p);
	if (p.waiting) {
		reason = addr(layout_get(g, l->layout->goroutine.reason));
		p.reason =
			reason_read(l->target, l->snapshot, reason, ReasonMost);
		if (!p.reason)
			p.reason = "";
		p.object = addr(layout_get(g, l->layout->goroutine.object));
	}
	add_party(l, p);
}

/* Take back the threads: they come again. */
static void forget_threads(void *arg)
{
	struct looking *l = arg;

	l->snapshot->objects.parties.n = l->snapshot->goroutines.n;
}

static void add_threads(struct looking *l)
{
	const struct objects_layout *o = l->objects;
	const struct list all = {
		.what = "thread",
		.head = o->thread.head,
		.next = o->thread.next,
		.size = o->thread.size,
	};
	const struct visitor v = { visit_thread, forget_threads, l };
	SCOPE(error)
	struct error *e = list_walk(l->target, l->snapshot, &all, &v);

	if (e)
		snapshot_note(l->snapshot,
			      "the list of the program's threads: %s", e->text);
}

/* A number in the variable at BASE; 0 where it is not there. */
static uint64_t number_at(struct looking *l, addr_t base, struct field f)
{
	return target_number(l->target, addr_plus(base, f.offset), f.size);
}

/* Whether a thread is at something in the runtime's own code. */
static bool any_at_work(const struct looking *l)
{
	for (size_t i = 0; i < l->target->threads.n; i++) {
		const struct thread *t = &l->target->threads.items[i];

		if (t->call < 0
		    && layout_own_code(l->layout, addr(t->regs.value[DwRip])))
			return true;
	}
	return false;
}

static bool is_known(const struct snapshot *s, int32_t tid)
{
	if (machine_on(s, tid))
		return true;
	for (size_t i = s->goroutines.n; i < s->objects.parties.n; i++)
		if (s->objects.parties.items[i].thread == tid)
			return true;
	return false;
}

static void count_strangers(struct looking *l)
{
	for (size_t i = 0; i < l->target->threads.n; i++)
		if (!is_known(l->snapshot, l->target->threads.items[i].tid))
			l->snapshot->objects.strangers++;
}

void collect_parties(struct looking *l)
{
	const struct snapshot *s = l->snapshot;
	SCOPE(memory)
	uint8_t *bytes = array_new(l->layout->goroutine.size, 1);

	map_reserve(&l->snapshot->objects.party_at, s->goroutines.n);
	for (size_t i = 0; i < s->goroutines.n; i++)
		add_goroutine(l, &s->goroutines.items[i], bytes);
	if (!l->objects)
		return;
	add_threads(l);
	count_strangers(l);
	l->snapshot->objects.at_work = any_at_work(l);
	l->snapshot->objects.unlocked = number_at(l, l->objects->scheduler.at,
						  l->objects->scheduler.alone)
					&& l->snapshot->objects.at_work;
}

/*
 * Deadlines
 */

/* Whether the entry is of the wait that P is in. */
static bool is_stale(const struct looking *l, const struct party *p,
		     const uint8_t *entry)
{
	return !p->waiting
	       || (p->wait & ~UINT64_C(1))
			  != layout_get(entry, l->objects->timer.wait);
}

static int by_deadline(const void *a, const void *b)
{
	const struct timer *x = a, *y = b;

	return x->when < y->when ? -1 : x->when > y->when;
}

static void add_timer(struct looking *l, const uint8_t *entry)
{
	const struct objects_layout *o = l->objects;
	struct objects *all = &l->snapshot->objects;
	addr_t g = addr(layout_get(entry, o->timer.goroutine));
	struct timer timer = {
		.when = (int64_t)layout_get(entry, o->timer.when),
		.party = party_at(l, g),
	};
	struct party *p = NULL;

	if (!g.v)
		return; /* an empty slot */

	if (timer.party != NONE)
		p = &all->parties.items[timer.party];
	timer.stale = !p || is_stale(l, p, entry);
	*ARRAY_PUSH(&all->timers) = timer;
	if (timer.stale)
		return;
	p->timed = p->dated = true;
	p->deadline = timer.when;
}

void collect_timers(struct looking *l)
{
	const struct objects_layout *o = l->objects;
	uint64_t size = o->timer.size;
	addr_t at = addr(number_at(l, o->timers.at, o->timers.slots));
	uint64_t n = number_at(l, o->timers.at, o->timers.used), done = 0;
	SCOPE(memory) uint8_t *some = array_new(TimersAtOnce, size);
	struct objects *all = &l->snapshot->objects;

	all->timers_locked = number_at(l, o->timers.at, o->timers.lock);
	all->timers_next = (int64_t)number_at(l, o->timers.at, o->timers.next);
	all->timers_said = number_at(l, o->timers.at, o->timers.number);
	all->timers_room = number_at(l, o->timers.at, o->timers.room);
	if (n > all->timers_room) {
		snapshot_note(l->snapshot,
			      "the deadlines: %" PRIu64
			      " of them, with room for "
			      "%" PRIu64 "; that many are shown",
			      n, all->timers_room);
		n = all->timers_room;
	}

	while (done < n) {
		uint64_t want = n - done;
		size_t got;

		if (want > TimersAtOnce)
			want = TimersAtOnce;
		got = target_read_some(l->target, at, some, want * size) / size;
		for (size_t i = 0; i < got; i++)
			add_timer(l, some + i * size);
		done += got;
		at = addr_plus(at, got * size);
		if (got < want)
			break;
	}
	if (all->timers.n)
		qsort(all->timers.items, all->timers.n,
		      sizeof(*all->timers.items), by_deadline);
	if (done < n)
		snapshot_note(l->snapshot,
			      "the deadlines: %" PRIu64 " of %" PRIu64
			      " are there: 0x%lx is %s",
			      done, n, at.v, target_absence(l->target, at));
}
