/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waits.h - who can go on, and who cannot. What is known, and what is not:
 *
 *	certain		who has a mutex, who writes with an rwlock, who runs a
 *			once, who is joined, what ends by its deadline or by
 *			the kernel. If only those who are stuck could end a
 *			wait, it is stuck (FATE_STUCK), and so is everything if
 *			nobody goes on at all.
 *	a hint		whoever has the address of a channel, condition,
 *			waitgroup or rwlock with readers could end waits for
 *			it. If no such address was found where somebody that
 *			goes on could take it from, they are FATE_FORGOTTEN.
 *
 * seam_cancel() takes a number, which anybody could know: it is not considered.
 *
 *	waits.c		fates
 *	deadlocks.c	those without a future, put together
 */
#ifndef ANALYSE_WAITS_H
#define ANALYSE_WAITS_H

#include "model/model.h"

/* Fill in the fate of each party. Objects are named, holders are there. */
void find_fates(struct snapshot *s);

/* Fill in the deadlocks: certain ones first. After find_fates(). */
void find_deadlocks(struct snapshot *s);

/* Whether O is waited for until the party that owns it lets go. waits.c */
bool has_known_owner(const struct object *o);

#endif
