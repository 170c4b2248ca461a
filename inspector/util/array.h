/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * array.h - arrays that grow. Running out of memory ends the program with
 * status 2 and a sentence: there is no partial answer to give then, and a
 * live target is released by the kernel.
 */
#ifndef UTIL_ARRAY_H
#define UTIL_ARRAY_H

#include <stddef.h>

void out_of_memory(void) __attribute__((noreturn));

/* N zeroed items of SIZE bytes; the caller frees them. */
void *array_new(size_t n, size_t size) __attribute__((returns_nonnull));

/* The same for a size that damage may have made up. NULL: there is no room. */
void *array_try(size_t n, size_t size);

/* The array ITEMS with room for N items of SIZE bytes at the least; *ROOM is
 * the room it has. Of what is more than bytes there are less than 2^32: its
 * numbers are uint32_t. */
void *array_reserve(void *items, size_t *room, size_t n, size_t size)
	__attribute__((returns_nonnull));

/*
 * An array that owns its items, and a new item at its end (not yet
 * initialised):
 *	struct { ARRAY(struct frame); } frames;
 *	*ARRAY_PUSH(&frames) = f;
 */
#define ARRAY(type)                                                            \
	type *items;                                                           \
	size_t n;                                                              \
	size_t room

#define ARRAY_PUSH(a)                                                          \
	((a)->items =                                                          \
		 (a)->n < (a)->room                                            \
			 ? (a)->items                                          \
			 : array_reserve((a)->items, &(a)->room, (a)->n + 1,   \
					 sizeof(*(a)->items)),                 \
	 &(a)->items[(a)->n++])

/*
 * How many items of A, which are sorted by KEY, have one that is not above AT:
 *the last of these, if there is any, is the item before that number.
 *	ARRAY_UPTO(&places, .low.v, at.v)
 */
#define ARRAY_UPTO(a, key, at)                                                 \
	__extension__({                                                        \
		size_t low_ = 0, end_ = (a)->n;                                \
                                                                               \
		while (low_ < end_) {                                          \
			size_t middle_ = low_ + (end_ - low_) / 2;             \
                                                                               \
			if ((a)->items[middle_] key <= (at))                   \
				low_ = middle_ + 1;                            \
			else                                                   \
				end_ = middle_;                                \
		}                                                              \
		low_;                                                          \
	})

#endif
