/* SPDX-License-Identifier: BSD-2-Clause */
/* scheduler.c - reads what scheduler.h has. */
#include "model/collect_objects.h"
#include "util/scope.h"

/* So many more than were found are in no ring. */
enum { RingSpare = 1 << 16 };

/* Field F of the struct at AT; 0 where that is not there. */
static uint64_t value_at(struct looking *l, addr_t at, struct field f)
{
	return target_number(l->target, addr_plus(at, f.offset), f.size);
}

static uint64_t said(struct looking *l, struct field f)
{
	return value_at(l, l->objects->scheduler.at, f);
}

/* A list from FIRST on through NEXT, of MOST at most: a longer one comes from
 * damage, of which its length tells. Calls TAKE for each. */
static void follow(struct looking *l, addr_t first, struct field next,
		   size_t most, void (*take)(struct scheduler *, addr_t))
{
	for (size_t n = 0; !addr_null(first) && n <= most; n++) {
		take(&l->snapshot->objects.scheduler, first);
		first = addr(value_at(l, first, next));
	}
}

static void take_member(struct scheduler *s, addr_t at)
{
	*ARRAY_PUSH(&s->members) = at;
	s->queues.items[s->queues.n - 1].members.n++;
}

static void take_idle(struct scheduler *s, addr_t at)
{
	*ARRAY_PUSH(&s->idle) = at;
}

static void begin_queue(struct scheduler *s, int64_t machine, bool changing)
{
	*ARRAY_PUSH(&s->queues) = (struct run_queue){
		.machine = machine,
		.changing = changing,
		.members = { s->members.n, 0 },
	};
}

static void read_shared(struct looking *l, struct scheduler *s)
{
	const struct objects_layout *o = l->objects;

	begin_queue(s, -1, s->changing);
	follow(l, addr(said(l, o->scheduler.first)), o->goroutine.queued,
	       l->snapshot->goroutines.n, take_member);
}

static void read_ring(struct looking *l, struct scheduler *s,
		      const struct machine *m)
{
	const struct objects_layout *o = l->objects;
	uint32_t mask = value_at(l, m->at, o->machine.mask);
	uint32_t taken = value_at(l, m->at, o->machine.taken);
	uint32_t n = (uint32_t)value_at(l, m->at, o->machine.put) - taken;
	addr_t ring = addr(value_at(l, m->at, o->machine.ring));
	/* Each is there once; a few more are those that have just begun. */
	uint64_t most = l->snapshot->goroutines.n + RingSpare;
	uint64_t visited =
		value_at(l, m->at, o->machine.visited) & ~o->machine.fenced;

	begin_queue(s, m->id, visited || value_at(l, m->at, o->machine.owned));
	if (n > (uint64_t)mask + 1 || n > most) {
		snapshot_note(l->snapshot,
			      "the queue of machine %ld: %u goroutines, with "
			      "room for %lu",
			      m->id, n, (uint64_t)mask + 1);
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint64_t place = (taken + i) & mask;
		addr_t at = addr_plus(ring, place * sizeof(addr_t)), member;

		if (target_read_some(l->target, at, &member, sizeof(member))
		    != sizeof(member)) {
			snapshot_note(l->snapshot,
				      "the queue of machine %ld: %u of %u "
				      "goroutines are there: 0x%lx is %s",
				      m->id, i, n, at.v,
				      target_absence(l->target, at));
			return;
		}
		take_member(s, member);
	}
}

void collect_scheduler(struct looking *l)
{
	const struct objects_layout *o = l->objects;
	struct snapshot *s = l->snapshot;
	struct scheduler *all = &s->objects.scheduler;

	all->changing = said(l, o->scheduler.lock);
	all->said.last = addr(said(l, o->scheduler.last));
	all->said.queued = said(l, o->scheduler.queued);
	all->said.idlers = said(l, o->scheduler.idlers);
	all->said.machines = said(l, o->scheduler.machines);
	all->said.actives = said(l, o->scheduler.actives);
	read_shared(l, all);
	for (size_t i = 0; i < s->machines.n; i++) {
		read_ring(l, all, &s->machines.items[i]);
		all->active +=
			value_at(l, s->machines.items[i].at, o->machine.active)
			& 1;
	}
	follow(l, addr(said(l, o->scheduler.idle)), o->machine.idle,
	       s->machines.n, take_idle);
}
