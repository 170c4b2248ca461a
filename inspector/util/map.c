/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "util/array.h"
#include "util/map.h"

enum { FirstMapRoom = 64 };

void map_free(struct map *m)
{
	free(m->entries);
	*m = (struct map){ 0 };
}

/* The finaliser of MurmurHash3: each bit of KEY moves each bit of the hash. */
static uint64_t hash(uint64_t key)
{
	key ^= key >> 33;
	key *= UINT64_C(0xff51afd7ed558ccd);
	key ^= key >> 33;
	key *= UINT64_C(0xc4ceb9fe1a85ec53);
	return key ^ key >> 33;
}

/* KEY's entry, or the free one where it would go. */
static struct map_entry *slot(const struct map *m, uint64_t key)
{
	size_t i = hash(key) & (m->room - 1);

	while (m->entries[i].used && m->entries[i].key != key)
		i = (i + 1) & (m->room - 1);
	return &m->entries[i];
}

uint32_t *map_get(const struct map *m, uint64_t key)
{
	struct map_entry *e;

	if (m->room == 0)
		return NULL;
	e = slot(m, key);
	return e->used ? &e->value : NULL;
}

static void grow(struct map *m)
{
	struct map bigger = { .room = m->room ? m->room * 2 : FirstMapRoom };

	bigger.entries = array_new(bigger.room, sizeof(*bigger.entries));
	for (size_t i = 0; i < m->room; i++) {
		if (!m->entries[i].used)
			continue;
		*slot(&bigger, m->entries[i].key) = m->entries[i];
		bigger.n++;
	}
	free(m->entries);
	*m = bigger;
}

bool map_put(struct map *m, uint64_t key, uint32_t value)
{
	struct map_entry *e;

	if (m->n * 4 >= m->room * 3)
		grow(m);
	e = slot(m, key);
	if (e->used)
		return false;
	*e = (struct map_entry){ key, value, true };
	m->n++;
	return true;
}
