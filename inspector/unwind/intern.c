/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "unwind/intern.h"

void interned_free(struct interned *i)
{
	free(i->all.items);
	map_free(&i->index);
	*i = (struct interned){ 0 };
}

/* FNV-1a over words. The map mixes what comes out once more. */
static uint64_t hash_frames(const struct frame *f, size_t n)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) + n;

	for (size_t i = 0; i < n; i++)
		h = (h ^ f[i].pc.v ^ (uint64_t)f[i].segment << 48)
		    * UINT64_C(0x100000001b3);
	return h;
}

static bool same_frame(const struct frame *a, const struct frame *b)
{
	return addr_eq(a->pc, b->pc) && a->segment == b->segment
	       && a->omitted == b->omitted && a->kind == b->kind
	       && a->source == b->source;
}

static bool same_frames(const struct frame *a, const struct frame *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!same_frame(&a[i], &b[i]))
			return false;
	return true;
}

/* The stack of the chain from number FIRST - 1 on that has FRAMES. */
static const struct interned_stack *find(const struct interned *i,
					 uint32_t first,
					 const struct snapshot *s,
					 struct span frames)
{
	const struct frame *f = s->frames.items;

	for (uint32_t k = first; k; k = i->all.items[k - 1].next) {
		const struct interned_stack *stack = &i->all.items[k - 1];

		if (stack->frames.n == frames.n
		    && same_frames(f + stack->frames.first, f + frames.first,
				   frames.n))
			return stack;
	}
	return NULL;
}

struct span intern(struct interned *i, struct snapshot *s, size_t first)
{
	const struct span frames = { first, s->frames.n - first };
	uint64_t h = hash_frames(s->frames.items + first, frames.n);
	uint32_t *chain = map_get(&i->index, h);
	const struct interned_stack *known =
		find(i, chain ? *chain : 0, s, frames);

	if (known) {
		s->frames.n = first;
		return known->frames;
	}
	*ARRAY_PUSH(&i->all) =
		(struct interned_stack){ frames, chain ? *chain : 0 };
	if (chain)
		*chain = i->all.n;
	else
		map_put(&i->index, h, i->all.n);
	return frames;
}
