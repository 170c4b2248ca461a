/* SPDX-License-Identifier: BSD-2-Clause */
/* owners.c - whose each segment is: no two goroutines stand on one. */
#include "model/segments.h"

bool segments_claim(struct segment_reader *r, addr_t at, uint32_t goroutine)
{
	uint32_t *owner;

	if (map_put(&r->met, at.v, goroutine))
		return true;
	owner = map_get(&r->met, at.v);
	if (!addr_null(r->snapshot->goroutines.items[*owner].at))
		return false;
	*owner = goroutine;
	return true;
}

const char *segments_owner(struct segment_reader *r, addr_t at,
			   uint32_t goroutine)
{
	const struct goroutine *g;

	if (segments_claim(r, at, goroutine))
		return NULL;
	g = &r->snapshot->goroutines.items[*map_get(&r->met, at.v)];
	return strings_format(&r->snapshot->strings,
			      "is goroutine %ld's as well", g->id);
}

bool segments_met(const struct segment_reader *r, addr_t at, uint32_t goroutine)
{
	const uint32_t *owner = map_get(&r->met, at.v);

	return owner && *owner == goroutine;
}
