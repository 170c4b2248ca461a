/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

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

static uint64_t key_of(const struct map_entry *e)
{
	return (uint64_t)e->high << 32 | e->low;
}

/* Where in ROOM the search for KEY begins. */
static size_t home(size_t room, uint64_t key)
{
	return (hash(key) >> 32) * room >> 32;
}

/* KEY's entry, or the free one where it would go. */
static struct map_entry *slot(const struct map *m, uint64_t key)
{
	size_t i = home(m->room, key);

	while (key_of(&m->entries[i]) && key_of(&m->entries[i]) != key)
		i = i + 1 < m->room ? i + 1 : 0;
	return &m->entries[i];
}

uint32_t *map_get(const struct map *m, uint64_t key)
{
	struct map_entry *e;

	if (key == 0)
		return m->has_zero ? (uint32_t *)&m->zero : NULL;
	if (m->room == 0)
		return NULL;
	e = slot(m, key);
	return key_of(e) ? &e->value : NULL;
}

static void resize(struct map *m, size_t room)
{
	struct map_entry *before = m->entries;
	size_t n = m->room;

	if (room > UINT32_MAX)
		out_of_memory();
	m->entries = array_new(room, sizeof(*m->entries));
	/* A page that is read first is given twice, and other threads are
	 * interrupted for it. */
	memset(m->entries, 0, room * sizeof(*m->entries));
	m->room = room;
	for (size_t i = 0; i < n; i++)
		if (key_of(&before[i]))
			*slot(m, key_of(&before[i])) = before[i];
	free(before);
}

/* Three of four places are taken at most. */
static size_t room_for(size_t n)
{
	return n + n / 3 + 1;
}

void map_reserve(struct map *m, size_t n)
{
	size_t more = m->room + m->room / 2;

	if (room_for(n) > m->room)
		resize(m, room_for(n) > more ? room_for(n) : more);
}

void map_ask(const struct map *m, uint64_t key)
{
	if (m->room)
		__builtin_prefetch(&m->entries[home(m->room, key)], 1);
}

static bool put_zero(struct map *m, uint32_t value)
{
	if (m->has_zero)
		return false;
	m->has_zero = true;
	m->zero = value;
	return true;
}

bool map_put(struct map *m, uint64_t key, uint32_t value)
{
	struct map_entry *e;

	if (key == 0)
		return put_zero(m, value);
	if (room_for(m->n + 1) > m->room)
		resize(m, m->room ? m->room * 2 : FirstMapRoom);
	e = slot(m, key);
	if (key_of(e))
		return false;
	*e = (struct map_entry){ key, key >> 32, value };
	m->n++;
	return true;
}
