/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress.h - what a stress build (-DSEAM_STRESS) does besides: yields that
 * nobody has asked for, and a look at each channel around every operation.
 * Nothing in any other build.
 *
 * What holds for a channel while its lock is held and nobody is at work on it.
 * A waiter counts as long as nobody has claimed its wait.
 *	I1	there are at most cap elements
 *	I2	recvx and sendx are indices into buf
 *	I3	sendx is count behind recvx, around the ring
 *	I4	each queue is linked both ways, and who is in it says so
 *	I5	a receiver waits only if there is no element
 *	I6	a sender waits only if there is no room
 *	I7	nobody waits if it is closed
 */
#ifndef STRESS_H
#define STRESS_H

#include <stdint.h>

struct Chan;

#ifdef SEAM_STRESS

/* Die with the invariant that C does not keep. Its lock is held. */
void checkchan(struct Chan *c);
/* Now and then, on a goroutine that may wait until DEADLINE, yield. */
void maybeyield(int64_t deadline);

#else

static inline void checkchan(struct Chan *c)
{
	(void)c;
}

static inline void maybeyield(int64_t deadline)
{
	(void)deadline;
}

#endif
#endif
