/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "model/stacks.h"

static int compare(const void *a, const void *b)
{
	const struct stack_place *x = a, *y = b;

	return x->low.v < y->low.v ? -1 : x->low.v > y->low.v;
}

void stacks_make(const struct snapshot *s, struct stacks *ret)
{
	*ret = (struct stacks){ .snapshot = s };
	for (size_t i = 0; i < s->goroutines.n; i++) {
		struct span own = s->goroutines.items[i].segments;

		for (size_t k = own.first; k < own.first + own.n; k++)
			*ARRAY_PUSH(&ret->places) =
				(struct stack_place){ s->segments.items[k].low,
						      i, k };
	}
	if (ret->places.n)
		qsort(ret->places.items, ret->places.n,
		      sizeof(*ret->places.items), compare);
}

const struct stack_place *stacks_find(const struct stacks *s, addr_t at)
{
	size_t n = ARRAY_UPTO(&s->places, .low.v, at.v);
	const struct stack_place *p;

	if (n == 0)
		return NULL;
	p = &s->places.items[n - 1];
	return at.v < s->snapshot->segments.items[p->segment].end.v ? p : NULL;
}

bool segment_read(const struct segment *s, addr_t at, void *buf, size_t size)
{
	addr_t copied = segment_copied(s);
	uint64_t offset = addr_span(copied, at);

	if (at.v < copied.v || offset > s->nbytes || size > s->nbytes - offset)
		return false;
	memcpy(buf, s->bytes + offset, size);
	return true;
}

struct error *stacks_read(const struct stacks *s, struct target *t, addr_t at,
			  void *buf, size_t size)
{
	const struct stack_place *p = stacks_find(s, at);

	if (p
	    && segment_read(&s->snapshot->segments.items[p->segment], at, buf,
			    size))
		return NULL;
	return target_read(t, at, buf, size);
}
