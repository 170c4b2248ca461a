/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/array.h"

enum { FirstRoom = 16 };

void out_of_memory(void)
{
	fputs("seam: out of memory\n", stderr);
	exit(2);
}

void *array_try(size_t n, size_t size)
{
	return calloc(n ? n : 1, size);
}

void *array_new(size_t n, size_t size)
{
	void *items = array_try(n, size);

	if (!items)
		out_of_memory();
	return items;
}

void *array_reserve(void *items, size_t *room, size_t n, size_t size)
{
	size_t more = *room ? *room : FirstRoom;

	if (items && n <= *room)
		return items;
	while (more < n)
		more = more > SIZE_MAX / 2 ? n : more * 2;
	if (more > SIZE_MAX / size || (size > 1 && n > UINT32_MAX))
		out_of_memory();
	items = realloc(items, more * size);
	if (!items)
		out_of_memory();
	*room = more;
	return items;
}
