/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * knobs.h - what the environment says; what is not understood of it is told of
 * on standard error when the runtime starts. And switches that make the rare
 * thing constant, for tests: the words of SEAM_DEBUG, read then.
 */
#ifndef KNOBS_H
#define KNOBS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Knobs {
	bool split;	/* "split": a new segment at every checked call */
	bool poison;	/* "poison": fill a segment with 0xdb when it is left */
	bool look;	/* "look": every switch goes by g0 and looks around */
	bool stay;	/* "stay": an M is not replaced, nor one made to look */
	bool checked;	/* not by a word: see checker.h */
	bool starve;	/* "starve": refuse all that follow as well */
	int64_t refuse; /* "refuse=N": the Nth allocation finds no memory */
} Knobs;

extern Knobs knobs;

void knobsinit(void);
/* SEAM_MAXPROCS: so many Ms run goroutines, of MOST at the most. */
int32_t maxprocs(int32_t most);

/* Whether this allocation, of memory or of a thread, is one to refuse. */
bool refused(void);
/* Whether WORD is among those of the environment's NAME. */
bool envhas(const char *name, const char *word);

#endif
