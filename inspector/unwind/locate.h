/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * locate.h - which frame of a stack an address lies in.
 */
#ifndef UNWIND_LOCATE_H
#define UNWIND_LOCATE_H

#include "unwind/unwind.h"

struct located {
	addr_t sp; /* of the frame: its lowest address */
	addr_t pc;
	bool call; /* pc is a return address */
};

/* The frame of G that AT lies in, a place in one of its segments. False: none
 * is known. */
bool unwind_locate(struct unwinder *u, const struct goroutine *g, addr_t at,
		   struct located *ret);

#endif
