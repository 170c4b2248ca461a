/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pieces.h - memory that is looked through once, from one end to the other: a
 * piece at a time, past what cannot be read.
 */
#ifndef MODEL_PIECES_H
#define MODEL_PIECES_H

#include "target/target.h"

enum { PieceBytes = 1 << 20 };

struct pieces {
	struct target *target;
	/* What lies across the end of a piece, and is no longer than that, is
	 * whole in the next one. */
	uint64_t overlap;
	void (*look)(void *arg, addr_t at, const uint8_t *bytes, size_t n);
	void *arg;
	uint8_t *buf; /* PieceBytes */
};

/* Look through [LOW, END). */
void pieces_look(const struct pieces *p, addr_t low, addr_t end);

#endif
