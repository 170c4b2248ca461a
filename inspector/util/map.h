/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map.h - numbers to small numbers: an address to the index of what was found
 * there. Open addressing; nothing is ever taken out.
 */
#ifndef UTIL_MAP_H
#define UTIL_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is in two halves so that an entry takes 12 bytes. One that is all zero
 * is free; the key 0 has a place of its own. */
struct map {
	struct map_entry {
		uint32_t low, high;
		uint32_t value;
	} * entries;
	size_t n;
	size_t room;
	bool has_zero;
	uint32_t zero;
};

/* Zeroed is empty. */
void map_free(struct map *m);

/* Make room for N keys in all. */
void map_reserve(struct map *m, size_t n);

/* KEY will be looked for, or put, soon. */
void map_ask(const struct map *m, uint64_t key);

/* The value of KEY, or NULL. Valid until the next map_put. */
uint32_t *map_get(const struct map *m, uint64_t key);

/* Give KEY the VALUE. Return false, and change nothing, if it has one. */
bool map_put(struct map *m, uint64_t key, uint32_t value);

#endif
