/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * knobs.h - switches that make the rare thing constant, for tests. Set by
 * SEAM_DEBUG, words with commas between them; read when seam_run starts.
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

/* Whether this allocation, of memory or of a thread, is one to refuse. */
bool refused(void);
/* Whether WORD is among those of the environment's NAME. */
bool envhas(const char *name, const char *word);

#endif
