/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * chains.h - segments whose struct does not lie at their end, but where the
 * runtime has put it; the description says where they begin and end.
 */
#ifndef MODEL_CHAINS_H
#define MODEL_CHAINS_H

#include "model/segments.h"

/* Put the segments of the goroutines [FIRST, END) into R->found, of each the
 * newest first. */
void chains_read(struct segment_reader *r, size_t first, size_t end);

#endif
