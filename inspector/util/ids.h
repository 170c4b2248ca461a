/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ids.h - a list of goroutine ids as it is typed: "3", "3-7", "1,4-6".
 */
#ifndef UTIL_IDS_H
#define UTIL_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "util/array.h"
#include "util/error.h"

struct ids {
	ARRAY(struct id_range {
		int64_t first;
		int64_t last;
	});
};

/* Zeroed is empty. */
void ids_free(struct ids *ids);

static inline void ids_scope(struct ids *ids)
{
	ids_free(ids);
}

/* Digits, commas and hyphens only: an id list, not a file's name. */
bool ids_looks_like(const char *text);

/* Add what TEXT lists. Ids are 1 or more and ranges ascend. */
struct error *ids_parse(struct ids *ids, const char *text);

/* Whether the list names ID; an empty one names all. */
bool ids_has(const struct ids *ids, int64_t id);

#endif
