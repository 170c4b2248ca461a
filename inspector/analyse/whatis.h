/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whatis.h - all that is known of an address.
 */
#ifndef ANALYSE_WHATIS_H
#define ANALYSE_WHATIS_H

#include "symbol/symbol.h"
#include "unwind/unwind.h"

/* Fill in the findings, from what is most special to the mapping. All
 * goroutines have been collected, and their objects and stacks. */
void whatis(struct unwinder *u, struct symbols *symbols, addr_t at);

#endif
