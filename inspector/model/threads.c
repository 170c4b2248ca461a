/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which threads machines are on. A runtime knows its threads by the numbers
 * that they have in its own pid namespace. A core that a debugger wrote from
 * outside of it has others: then a goroutine runs on the thread whose stack
 * pointer lies in its segments.
 */
#include "model/collection.h"

/* Whether each machine's thread is one of the target's. */
static bool all_there(const struct target *t, const struct snapshot *s)
{
	for (size_t i = 0; i < s->machines.n; i++)
		if (!target_thread(t, s->machines.items[i].thread))
			return false;
	return true;
}

static bool stands_on(const struct snapshot *s, const struct goroutine *g,
		      addr_t sp)
{
	const struct segment *own = s->segments.items + g->segments.first;

	for (size_t i = 0; i < g->segments.n; i++)
		if (addr_within(sp, own[i].low, own[i].end))
			return true;
	return false;
}

static const struct thread *thread_on(const struct target *t,
				      const struct snapshot *s,
				      const struct goroutine *g)
{
	for (size_t i = 0; i < t->threads.n; i++) {
		const struct thread *thread = &t->threads.items[i];

		if (stands_on(s, g, addr(thread->regs.value[DwRsp])))
			return thread;
	}
	return NULL;
}

static void move_machine(struct snapshot *s, const struct goroutine *g,
			 int32_t thread)
{
	for (size_t i = 0; i < s->machines.n; i++)
		if (addr_eq(s->machines.items[i].current, g->at))
			s->machines.items[i].thread = thread;
}

void threads_match(const struct target *t, struct snapshot *s)
{
	if (t->ids_certain || all_there(t, s))
		return;
	for (size_t i = 0; i < s->goroutines.n; i++) {
		struct goroutine *g = &s->goroutines.items[i];
		const struct thread *thread =
			g->running ? thread_on(t, s, g) : NULL;

		g->doubtful = g->running && !thread;
		if (!thread || thread->tid == g->thread)
			continue;
		g->thread = thread->tid;
		move_machine(s, g, thread->tid);
	}
}
