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

static void resize(struct map *m, size_t room)
{
	struct map bigger = { .room = room };

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

/* Three of four places are taken at most. */
static bool full(size_t n, size_t room)
{
	return n * 4 >= room * 3;
}

void map_reserve(struct map *m, size_t n)
{
	size_t room = m->room ? m->room : FirstMapRoom;

	while (full(n, room))
		room *= 2;
	if (room > m->room)
		resize(m, room);
}

void map_ask(const struct map *m, uint64_t key)
{
	if (m->room)
		__builtin_prefetch(&m->entries[hash(key) & (m->room - 1)], 1);
}

bool map_put(struct map *m, uint64_t key, uint32_t value)
{
	struct map_entry *e;

	if (full(m->n, m->room))
		resize(m, m->room ? m->room * 2 : FirstMapRoom);
	e = slot(m, key);
	if (e->used)
		return false;
	*e = (struct map_entry){ key, value, true };
	m->n++;
	return true;
}
