/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * span.h - part of an array: n items from FIRST on.
 */
#ifndef UTIL_SPAN_H
#define UTIL_SPAN_H

#include <stdint.h>

struct span {
	uint32_t first;
	uint32_t n;
};

#endif
