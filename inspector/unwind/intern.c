/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "unwind/intern.h"

void interned_free(struct interned *i)
{
	free(i->all.items);
	map_free(&i->index);
	*i = (struct interned){ 0 };
}

/* FNV-1a over words. The map mixes what comes out once more. */
uint64_t intern_hash(const struct frame *f, size_t n)
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

/* The stack of the chain from number FIRST - 1 on that has the N FRAMES. */
static const struct interned_stack *find(const struct interned *i,
					 uint32_t first,
					 const struct snapshot *s,
					 const struct frame *frames, size_t n)
{
	for (uint32_t k = first; k; k = i->all.items[k - 1].next) {
		const struct interned_stack *stack = &i->all.items[k - 1];

		if (stack->frames.n == n
		    && same_frames(s->frames.items + stack->frames.first,
				   frames, n))
			return stack;
	}
	return NULL;
}

static struct span append(struct snapshot *s, const struct frame *frames,
			  size_t n)
{
	const struct span new = { s->frames.n, n };

	s->frames.items = array_reserve(s->frames.items, &s->frames.room,
					s->frames.n + n, sizeof(*frames));
	if (n)
		memcpy(s->frames.items + new.first, frames,
		       n * sizeof(*frames));
	s->frames.n += n;
	return new;
}

struct span intern(struct interned *i, struct snapshot *s,
		   const struct frame *frames, size_t n, uint64_t hash)
{
	uint32_t *chain = map_get(&i->index, hash);
	const struct interned_stack *known =
		find(i, chain ? *chain : 0, s, frames, n);
	struct span new;

	if (known)
		return known->frames;
	new = append(s, frames, n);
	*ARRAY_PUSH(&i->all) =
		(struct interned_stack){ new, chain ? *chain : 0 };
	if (chain)
		*chain = i->all.n;
	else
		map_put(&i->index, hash, i->all.n);
	return new;
}
