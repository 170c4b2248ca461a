/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay.h - a goroutine's stack walked once more, for the registers of its
 * frames, which are not kept the first time: there are too many.
 */
#ifndef UNWIND_REPLAY_H
#define UNWIND_REPLAY_H

#include "unwind/eval.h"
#include "unwind/unwind.h"

/* Of the frames of G, as it was unwound with UNWIND_ALL, from the first on, the
 * registers; those of very many are not there. Again into the same takes the
 * place of what was there. */
void unwind_replay(struct unwinder *u, const struct goroutine *g,
		   struct frame_registers *ret);

/* Memory as G sees it: read_memory() with a struct stack_reader. */
struct stack_reader {
	struct unwinder *unwinder;
	const struct goroutine *goroutine;
};
bool stack_read(void *reader, addr_t at, void *buf, size_t size);

#endif
