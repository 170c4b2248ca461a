/* SPDX-License-Identifier: BSD-2-Clause */
/* check_scheduler.c - who is to run, and which machines do nothing. */
#include <inttypes.h>

#include "analyse/check.h"

/* "the queue of machine 3" */
static const char *queue_name(struct snapshot *s, const struct run_queue *q)
{
	if (q->machine < 0)
		return "the shared queue";
	return strings_format(&s->strings, "the queue of machine %" PRId64,
			      q->machine);
}

/* QUEUED: by party, the number of the queue that it is in. */
static void check_member(struct snapshot *s, size_t queue, addr_t at,
			 struct map *queued)
{
	const struct run_queue *q = &s->objects.scheduler.queues.items[queue];
	const uint32_t *party = map_get(&s->objects.party_at, at.v);
	const struct goroutine *g;

	if (!party || *party >= s->goroutines.n) {
		check_find(s, "%s: what is at 0x%lx is no goroutine that lives",
			   queue_name(s, q), at.v);
		return;
	}
	g = &s->goroutines.items[*party];
	if (g->running || g->waiting)
		check_find(s, "%s: goroutine %" PRId64 " is %s, not to run",
			   queue_name(s, q), g->id, g->state);
	if (!map_put(queued, *party, queue))
		check_find(
			s, "%s: goroutine %" PRId64 " is in %s as well",
			queue_name(s, q), g->id,
			queue_name(s,
				   &s->objects.scheduler.queues
					    .items[*map_get(queued, *party)]));
}

static void check_queues(struct snapshot *s, struct map *queued)
{
	const struct scheduler *all = &s->objects.scheduler;

	for (size_t i = 0; i < all->queues.n; i++) {
		const struct run_queue *q = &all->queues.items[i];

		for (size_t k = 0; k < q->members.n && !q->changing; k++)
			check_member(s, i,
				     all->members.items[q->members.first + k],
				     queued);
	}
}

static void check_shared(struct snapshot *s)
{
	const struct scheduler *all = &s->objects.scheduler;
	const struct span shared = all->queues.items[0].members;
	addr_t last = addr(0);

	if (shared.n)
		last = all->members.items[shared.first + shared.n - 1];
	if (shared.n != all->said.queued)
		check_find(s,
			   "the shared queue has %u goroutines, but says "
			   "%" PRIu64,
			   shared.n, all->said.queued);
	else if (shared.n && !addr_eq(last, all->said.last))
		check_find(s,
			   "the shared queue ends at 0x%lx, but says at 0x%lx",
			   last.v, all->said.last.v);
}

static void check_idle(struct snapshot *s)
{
	const struct scheduler *all = &s->objects.scheduler;

	if (all->idle.n != all->said.idlers)
		check_find(s,
			   "the list of idle machines has %zu, but says "
			   "%" PRIu64,
			   all->idle.n, all->said.idlers);
	if (all->active != all->said.actives)
		check_find(s,
			   "%" PRIu64
			   " machines may run goroutines, but %" PRIu64
			   " are said to",
			   all->active, all->said.actives);
}

/* Where nobody is at anything, whoever is to run is in a queue. */
static void check_lost(struct snapshot *s, const struct map *queued)
{
	const struct scheduler *all = &s->objects.scheduler;

	if (s->objects.at_work || !all->said.machines
	    || all->said.idlers < all->said.machines)
		return;
	for (size_t i = 0; i < all->queues.n; i++)
		if (all->queues.items[i].changing)
			return;
	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		if (!g->running && !g->waiting && !map_get(queued, i))
			check_find(s,
				   "goroutine %" PRId64 " is %s, but in no "
				   "queue, and no machine is at work",
				   g->id, g->state);
	}
}

/* Who runs is what its machine runs. */
static void check_running(struct snapshot *s)
{
	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		for (size_t k = 0; k < s->machines.n && g->running; k++) {
			const struct machine *m = &s->machines.items[k];

			if (g->thread && m->thread == g->thread
			    && !addr_eq(m->current, g->at))
				check_find(s,
					   "goroutine %" PRId64 " runs on "
					   "machine %" PRId64 ", which runs "
					   "what is at 0x%lx",
					   g->id, m->id, m->current.v);
		}
	}
}

void check_scheduler(struct snapshot *s)
{
	struct map queued = { 0 };

	check_running(s);
	check_queues(s, &queued);
	if (!s->objects.scheduler.changing) {
		check_shared(s);
		check_idle(s);
		check_lost(s, &queued);
	}
	map_free(&queued);
}
