/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * segments.h - the segments of goroutines, with the bytes that are in use.
 */
#ifndef MODEL_SEGMENTS_H
#define MODEL_SEGMENTS_H

#include "model/collect.h"

struct segment_reader {
	struct target *target;
	const struct layout *layout;
	struct snapshot *snapshot;
	enum collect_extent extent;
	struct map met; /* descriptors, and whose: none belongs to two */
	uint64_t large; /* bytes that were read after the descriptor */
	struct {
		ARRAY(struct range);
	} ranges;
	struct {
		ARRAY(struct owned {
			uint32_t goroutine;
			struct segment segment;
		});
	} found;
};

/* Those of the goroutines [FIRST, END) of the snapshot, which have none yet. */
void segments_read(struct segment_reader *r, size_t first, size_t end);
void segments_free(struct segment_reader *r);

#endif
