/* SPDX-License-Identifier: BSD-2-Clause */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "model/collection.h"
#include "model/evaluate.h"
#include "util/scope.h"

/* The goroutine that M runs, whether or not it is one of those asked for. */
static void fill_goroutine(struct collection *c, const struct machine *m,
			   struct fatal *f)
{
	const struct layout *l = c->layout;
	SCOPE(memory) uint8_t *bytes = array_new(l->goroutine.size, 1);
	const struct thing g = { m->current, bytes };
	const struct state *state;

	if (target_read_some(c->target, m->current, bytes, l->goroutine.size)
	    != l->goroutine.size)
		return;
	state = layout_state(l, value_of(c->target, g, l->goroutine.state));
	if (!state || state->role != STATE_RUNNING
	    || value_of(c->target, g, l->goroutine.machine) != m->at.v)
		return;
	f->goroutine = (int64_t)value_of(c->target, g, l->goroutine.id);
	f->name = strings_add_foreign(&c->snapshot->strings,
				      (const char *)bytes
					      + l->goroutine.name.offset,
				      l->goroutine.name.size);
}

void fatal_read(struct collection *c)
{
	const struct target *t = c->target;
	struct fatal *f = &c->snapshot->fatal;
	const char *abbreviation = sigabbrev_np(t->signal.number);
	const struct machine *m;

	if (!t->signal.number)
		return;
	*f = (struct fatal){
		.signal = abbreviation ? strings_format(&c->snapshot->strings,
							"SIG%s", abbreviation)
				       : strings_format(&c->snapshot->strings,
							"%d", t->signal.number),
		.address = t->signal.address,
		.addressed = t->signal.addressed,
		.thread = t->signal.thread,
		.name = "",
	};
	m = machine_on(c->snapshot, f->thread);
	if (m && !addr_null(m->current))
		fill_goroutine(c, m, f);
}
