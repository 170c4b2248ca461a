/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long goroutines have waited. The runtime notes ticks; its clock holds
 * two readings of ticks and nanoseconds, which give the rate. Now is our own
 * reading for a live target, and for a core the newest that the core knows.
 */
#include "model/collect.h"

/* The clock's readings; false if they cannot be read. */
static bool read_clock(struct target *t, const struct layout *l,
		       struct clock_reading *first, struct clock_reading *last)
{
	const struct {
		struct field f;
		void *ret;
	} reads[] = {
		{ l->clock.first_ticks, &first->ticks },
		{ l->clock.first_ns, &first->ns },
		{ l->clock.last_ticks, &last->ticks },
		{ l->clock.last_ns, &last->ns },
	};

	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		addr_t at = addr_plus(l->clock.at, reads[i].f.offset);

		if (reads[i].f.size != 8
		    || target_read_some(t, at, reads[i].ret, 8) != 8)
			return false;
	}
	return true;
}

/* The newest ticks that a core knows of. */
static uint64_t newest(const struct snapshot *s, uint64_t last)
{
	for (size_t i = 0; i < s->goroutines.n; i++)
		if (s->goroutines.items[i].waiting
		    && s->goroutines.items[i].since > last)
			last = s->goroutines.items[i].since;
	return last;
}

/* As long as can be told, where damage makes it longer. */
static int64_t nanoseconds(double ns)
{
	return ns < (double)INT64_MAX ? (int64_t)ns : INT64_MAX;
}

void collect_clock(struct target *t, const struct layout *l, struct snapshot *s)
{
	struct clock_reading first, last;
	double rate;
	uint64_t now;

	if (!read_clock(t, l, &first, &last))
		return;
	if (t->now.ticks)
		last = t->now;
	if (last.ticks <= first.ticks || last.ns <= first.ns)
		return;
	rate = ((double)last.ns - first.ns) / (last.ticks - first.ticks);
	now = newest(s, last.ticks);
	s->now = last.ns + nanoseconds((now - last.ticks) * rate);
	for (size_t i = 0; i < s->goroutines.n; i++) {
		struct goroutine *g = &s->goroutines.items[i];

		if (g->waiting && g->since)
			g->waited = nanoseconds((now - g->since) * rate);
	}
}
