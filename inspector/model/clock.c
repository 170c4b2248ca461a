/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long goroutines have waited. The runtime notes ticks; its clock holds
 * two readings of ticks and nanoseconds, which give the rate. Now is our own
 * reading for a live target, and for a core the newest that the core knows.
 */
#include "model/collection.h"

/* False if not all of it can be read. */
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

void clock_read(struct collection *c)
{
	struct clock_reading first, last;

	if (!read_clock(c->target, c->layout, &first, &last))
		return;
	c->snapshot->clock_read = true;
	c->snapshot->now_is_past = !c->target->now.ticks;
	c->first = first;
	c->last = c->target->now.ticks ? c->target->now : last;
}

/* A wait that begins so much later than the clock was read last, in
 * nanoseconds, is damage: goroutines that run have it read. */
static const double Later = 86400e9;

static bool since_is_known(const struct goroutine *g, uint64_t last,
			   double rate)
{
	return g->waiting && g->since
	       && (g->since <= last || (g->since - last) * rate <= Later);
}

/* The newest ticks that a core knows of. */
static uint64_t newest(const struct snapshot *s, uint64_t last, double rate)
{
	uint64_t now = last;

	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		if (since_is_known(g, last, rate) && g->since > now)
			now = g->since;
	}
	return now;
}

/* As long as can be told, where damage makes it longer. */
static int64_t nanoseconds(double ns)
{
	return ns < (double)INT64_MAX ? (int64_t)ns : INT64_MAX;
}

/* NS after FROM, or as late as can be told. */
static int64_t later(int64_t from, int64_t ns)
{
	int64_t sum;

	return __builtin_add_overflow(from, ns, &sum) ? INT64_MAX : sum;
}

/* How long anybody has waited is not known. */
static void forget_since(struct snapshot *s)
{
	for (size_t i = 0; i < s->goroutines.n; i++)
		s->goroutines.items[i].waited = -1;
}

void clock_apply(struct collection *c)
{
	const struct clock_reading first = c->first, last = c->last;
	struct snapshot *s = c->snapshot;
	double rate;
	uint64_t now;

	if (last.ticks <= first.ticks || last.ns <= first.ns) {
		forget_since(s);
		return;
	}
	rate = ((double)last.ns - first.ns) / (last.ticks - first.ticks);
	now = s->now_is_past ? newest(s, last.ticks, rate) : last.ticks;
	s->now = later(last.ns, nanoseconds((now - last.ticks) * rate));
	for (size_t i = 0; i < s->goroutines.n; i++) {
		struct goroutine *g = &s->goroutines.items[i];

		if (!since_is_known(g, last.ticks, rate))
			g->waited = -1;
		else if (g->since > now)
			g->waited = 0;
		else
			g->waited = nanoseconds((now - g->since) * rate);
	}
}
