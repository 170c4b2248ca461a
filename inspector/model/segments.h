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

/* So many GOROUTINES will be read. May be left out. */
void segments_expect(struct segment_reader *r, size_t goroutines);
/* Those of the goroutines [FIRST, END) of the snapshot, which have none yet. */
void segments_read(struct segment_reader *r, size_t first, size_t end);
void segments_free(struct segment_reader *r);

/* The same of so many that they can be read together: two full calls of
 * process_vm_readv. */
enum { ChunkGoroutines = 2048 };
void segments_read_chunk(struct segment_reader *r, size_t first, size_t end);

/*
 * What segments.c and chains.c share.
 *
 * DirectMost: a segment that seems to have more in use is rare, and may be
 * damage. TopSegments: of so many newest ones DirectMost bytes hold the frames
 * of the runtime and of the C library that may stand above the user's; under
 * SEAM_DEBUG=split each has its own.
 */
enum { DirectMost = 256 << 10, TopSegments = 16 };

/* More than large segments have in all; it bounds what damage can cost, and
 * what is copied of one. */
static const uint64_t LargeMost = UINT32_MAX;

/* Whether SIZE more bytes may be read of large segments. One that is refused
 * leaves room for others. */
static inline bool segments_take_large(struct segment_reader *r, uint64_t size)
{
	if (size > LargeMost - r->large)
		return false;
	r->large += size;
	return true;
}

/* Whether more than the descriptor of the NTH newest is wanted. */
static inline bool segments_want_frames(const struct segment_reader *r,
					uint32_t nth)
{
	return r->extent >= COLLECT_STACKS || nth <= TopSegments;
}

/* WHICH segment of GOROUTINE, whose descriptor is AT, has something wrong, and
 * THEN. */
void segments_note(struct segment_reader *r, uint32_t goroutine,
		   const char *which, addr_t at, const char *what,
		   const char *then);

/* From now on the descriptor AT is GOROUTINE's. False: it is another's, or was
 * met before. One whose owner is forgotten has none. */
bool segments_claim(struct segment_reader *r, addr_t at, uint32_t goroutine);

/* The same, in words: why it cannot be GOROUTINE's; NULL: now it is. */
const char *segments_owner(struct segment_reader *r, addr_t at,
			   uint32_t goroutine);

/* Whether GOROUTINE's chain has come by the descriptor AT. */
bool segments_met(const struct segment_reader *r, addr_t at,
		  uint32_t goroutine);

#endif
