/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span.h - part of an array: n items from FIRST on.
 */
#ifndef UTIL_SPAN_H
#define UTIL_SPAN_H

#include <stddef.h>

struct span {
	size_t first;
	size_t n;
};

#endif
