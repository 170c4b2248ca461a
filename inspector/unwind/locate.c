/* SPDX-License-Identifier: BSD-2-Clause */
#include "unwind/locate.h"
#include "unwind/step.h"

/* More frames are not looked at. */
enum { FramesMost = 1000000 };

/* Stand where the goroutine's stack begins. False: that is not known. */
static bool start(struct unwinder *u, const struct goroutine *g, struct walk *w)
{
	const struct thread *thread =
		g->running ? target_thread(u->target, g->thread) : NULL;
	struct regs saved = unwind_saved(u, g);

	if (g->running && g->thread && (!thread || g->doubtful))
		return false;
	walk_start(w, thread ? &thread->regs : &saved);
	return thread || w->segment != NONE;
}

/* Whether AT lies between the frame at SP in SEGMENT and where W stands now, or
 * the segment's end. */
static bool is_between(const struct walk *w, uint32_t segment, addr_t sp,
		       addr_t at, bool last)
{
	addr_t end = w->segments[segment].end;

	if (!last && w->segment == segment)
		end = addr(w->regs.value[DwRsp]);
	return addr_within(at, sp, end);
}

bool unwind_locate(struct unwinder *u, const struct goroutine *g, addr_t at,
		   struct located *ret)
{
	struct walk w = walk_of(u, g);

	if (!start(u, g, &w))
		return false;
	for (size_t n = 0; n < FramesMost; n++) {
		uint32_t segment = w.segment;
		struct located here = {
			.sp = addr(w.regs.value[DwRsp]),
			.pc = addr(w.regs.value[DwRip]),
			.call = w.kind == FRAME_CALL,
		};
		bool last = !walk_step(&w);

		if (segment != NONE
		    && is_between(&w, segment, here.sp, at, last)) {
			*ret = here;
			return true;
		}
		if (last)
			return false;
	}
	return false;
}
