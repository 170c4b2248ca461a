/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "analyse/analyse.h"

/* More kinds in one group come from damage: they are counted together. */
enum { StatesMost = 32 };

/* Words are kept once, so that their addresses tell them apart. */
static bool same(const struct group_state *a, const struct goroutine *g)
{
	return a->state == g->state && a->reason == g->reason;
}

static struct group_state *add(struct snapshot *s, const char *state,
			       const char *reason)
{
	struct group_state *new = ARRAY_PUSH(&s->states);

	*new = (struct group_state){
		.state = state, .reason = reason, .least = -1, .longest = -1
	};
	return new;
}

/* The one among those from number FIRST on that G counts for. */
static struct group_state *state_of(struct snapshot *s, size_t first,
				    const struct goroutine *g)
{
	for (size_t i = first; i < s->states.n; i++)
		if (same(&s->states.items[i], g))
			return &s->states.items[i];
	if (s->states.n - first < StatesMost)
		return add(s, g->state, g->reason);
	if (s->states.n - first == StatesMost)
		return add(s, NULL, "");
	return &s->states.items[s->states.n - 1];
}

static void count(struct group_state *state, int64_t waited)
{
	state->n++;
	if (waited < 0)
		return;
	if (state->least < 0 || waited < state->least)
		state->least = waited;
	if (waited > state->longest)
		state->longest = waited;
}

static int compare(const void *a, const void *b)
{
	const struct group_state *x = a, *y = b;

	return x->n > y->n ? -1 : x->n < y->n;
}

struct span group_states(struct snapshot *s, const struct group *group)
{
	struct span states = { s->states.n, 0 };

	for (size_t i = 0; i < group->members.n; i++) {
		uint32_t member = s->members.items[group->members.first + i];
		const struct goroutine *g = &s->goroutines.items[member];

		count(state_of(s, states.first, g), g->waited);
	}
	states.n = s->states.n - states.first;
	if (states.n)
		qsort(s->states.items + states.first, states.n,
		      sizeof(*s->states.items), compare);
	return states;
}
