/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "unwind/sites.h"

void sites_free(struct sites *s)
{
	for (size_t i = 0; i < s->all.n; i++)
		row_free(s->all.items[i].row);
	map_free(&s->index);
	free(s->all.items);
	*s = (struct sites){ 0 };
}

const struct site *sites_known(const struct sites *s, addr_t at)
{
	const uint32_t *known = map_get(&s->index, at.v);

	return known ? &s->all.items[*known] : NULL;
}

struct site sites_add(struct sites *s, struct program *p,
		      const struct layout *l, addr_t at)
{
	struct site site = {
		.row = row_find(p, at),
		.own = layout_own_code(l, at),
		.in_library = layout_library_code(l, at),
		.seam = layout_seam_code(l, at),
		.outermost = layout_outermost_code(l, at),
	};

	site.signal = !site.own && site.row && site.row->signal;
	map_put(&s->index, at.v, s->all.n);
	*ARRAY_PUSH(&s->all) = site;
	return site;
}
