/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "layout/stubs.h"
#include "model/stacks.h"
#include "unwind/step.h"

static addr_t reg(const struct regs *r, unsigned number)
{
	return addr(r->value[number]);
}

/* The address that the frame's code is looked up by: for a call, inside it. */
static addr_t lookup(const struct walk *w)
{
	addr_t pc = reg(&w->regs, DwRip);

	return w->kind == FRAME_CALL ? addr_minus(pc, 1) : pc;
}

/* W stands on another frame. */
static void find_site(struct walk *w)
{
	struct unwinder *u = w->unwinder;
	const struct site *known = sites_known(&u->sites, lookup(w));

	if (known) {
		w->site = *known;
		return;
	}
	unwinder_take_turn(u);
	w->site = sites_add(&u->sites, u->program, u->layout, lookup(w));
	unwinder_end_turn(u);
}

/* A segment that was left is not entered again. */
static void stand_in(struct walk *w, uint32_t segment)
{
	if (segment != NONE)
		w->from = segment;
	else if (w->segment != NONE)
		w->from = w->nsegments;
	w->segment = segment;
}

struct walk walk_of(struct unwinder *u, const struct goroutine *g)
{
	struct walk w = {
		.unwinder = u,
		.segment = NONE,
		.edge = field_there(u->layout->segment.end),
		.entered = NONE,
	};

	if (!g)
		return w;
	w.segments = u->snapshot->segments.items + g->segments.first;
	w.nsegments = g->segments.n;
	w.lost = !g->whole;
	return w;
}

struct regs unwind_saved(const struct unwinder *u, const struct goroutine *g)
{
	struct regs saved = { .known = 0 };

	if (g->saved != NONE) {
		const struct registers *r =
			&u->snapshot->registers.items[g->saved];

		memcpy(saved.value, r->value, sizeof(saved.value));
		saved.known = r->known;
	}
	regs_set(&saved, DwRsp, g->sp.v);
	regs_set(&saved, DwRip, origin_of(u->snapshot, g)->pc.v);
	return saved;
}

void walk_start(struct walk *w, const struct regs *regs)
{
	w->regs = *regs;
	w->kind = FRAME_ACTIVATION;
	w->source = SOURCE_REGISTERS;
	w->from = 0;
	w->segment = NONE;
	stand_in(w, walk_segment(w, 0, reg(regs, DwRsp)));
	w->stop = NULL;
	find_site(w);
}

uint32_t walk_segment(const struct walk *w, uint32_t from, addr_t at)
{
	for (size_t i = from; i < w->nsegments; i++)
		if (at.v >= w->segments[i].low.v
		    && at.v < w->segments[i].end.v + w->edge)
			return i;
	return NONE;
}

bool walk_read(void *arg, addr_t at, void *buf, size_t size)
{
	const struct walk *w = arg;
	uint32_t i = walk_segment(w, w->from, at);
	size_t got;

	if (i != NONE && segment_read(&w->segments[i], at, buf, size))
		return true;
	unwinder_take_turn(w->unwinder);
	got = target_read_some(w->unwinder->target, at, buf, size);
	unwinder_end_turn(w->unwinder);
	return got == size;
}

/* What is most often read is in the frame's own segment. */
static bool read_word(const struct walk *w, addr_t at, uint64_t *ret)
{
	const struct segment *s;
	uint64_t offset;

	if (w->segment == NONE)
		return walk_read((void *)w, at, ret, sizeof(*ret));
	s = &w->segments[w->segment];
	offset = at.v - segment_copied(s).v;
	if (s->nbytes < sizeof(*ret) || offset > s->nbytes - sizeof(*ret))
		return walk_read((void *)w, at, ret, sizeof(*ret));
	memcpy(ret, s->bytes + offset, sizeof(*ret));
	return true;
}

static struct strings *strings(const struct walk *w)
{
	return &w->unwinder->snapshot->strings;
}

/* Where a call went that has not touched the stack yet, to no code or to a
 * stub: its caller's pc is on top. */
static const char *step_over_call(struct walk *w, struct regs *next)
{
	addr_t sp = reg(&w->regs, DwRsp);
	uint64_t pc;

	if (!read_word(w, sp, &pc))
		return strings_format(strings(w),
				      "nothing is known of pc 0x%lx, and the "
				      "stack at 0x%lx cannot be read",
				      reg(&w->regs, DwRip).v, sp.v);
	*next = w->regs;
	regs_set(next, DwRip, pc);
	regs_set(next, DwRsp, addr_plus(sp, 8).v);
	w->source = SOURCE_STACK_TOP;
	return NULL;
}

/* Without unwind tables: rbp points to the saved rbp, if code keeps it. */
static const char *step_frame_pointer(struct walk *w, struct regs *next)
{
	addr_t rbp = reg(&w->regs, DwRbp);
	uint64_t saved, pc;

	if (!regs_know(&w->regs, DwRbp) || rbp.v < reg(&w->regs, DwRsp).v
	    || !read_word(w, rbp, &saved)
	    || !read_word(w, addr_plus(rbp, 8), &pc))
		return strings_format(strings(w),
				      "no unwind information for pc 0x%lx",
				      reg(&w->regs, DwRip).v);
	*next = w->regs;
	regs_set(next, DwRbp, saved);
	regs_set(next, DwRip, pc);
	regs_set(next, DwRsp, addr_plus(rbp, 16).v);
	w->source = SOURCE_FRAME_POINTER;
	return NULL;
}

bool walk_is_code(const struct walk *w, addr_t pc)
{
	const struct mapping *m = target_mapping(w->unwinder->target, pc);

	return m && m->executable;
}

static bool is_stub(const struct walk *w, addr_t pc)
{
	Dwfl *dwfl = w->unwinder->program->dwfl;
	bool is;

	unwinder_take_turn(w->unwinder);
	is = stubs_have(dwfl_addrmodule(dwfl, pc.v), pc);
	unwinder_end_turn(w->unwinder);
	return is;
}

static const char *step_without_table(struct walk *w, struct regs *next)
{
	addr_t pc = lookup(w);
	bool code = walk_is_code(w, pc);

	if (w->kind == FRAME_ACTIVATION && (!code || is_stub(w, pc)))
		return step_over_call(w, next);
	if (code)
		return step_frame_pointer(w, next);
	return strings_format(strings(w), "return address 0x%lx is not code",
			      reg(&w->regs, DwRip).v);
}

static const char *step_by_table(struct walk *w, const struct row *row,
				 struct regs *next)
{
	struct frame_state f = { &w->regs, 0, walk_read, w };
	addr_t at;
	const char *why = row_apply(row, &f, next, &at);

	w->source = SOURCE_CFI;
	if (!why || addr_null(at))
		return why;
	unwinder_take_turn(w->unwinder);
	why = strings_format(strings(w), "%s: 0x%lx is %s", why, at.v,
			     target_absence(w->unwinder->target, at));
	unwinder_end_turn(w->unwinder);
	return why;
}

/* Why a stack cannot go on at SP, in SEGMENT; NULL if it can. A frame that was
 * interrupted may have nothing on the stack any more; one that called has. */
static const char *refuse(const struct walk *w, addr_t sp, uint32_t segment)
{
	addr_t old = reg(&w->regs, DwRsp);

	if (w->segment == NONE)
		return addr_eq(sp, old) && w->kind == FRAME_CALL
			       ? "the next frame is the same again"
			       : NULL;
	if (segment == NONE && w->lost)
		return NULL;
	if (segment == NONE)
		return strings_format(strings(w),
				      "the next frame, at 0x%lx, is outside "
				      "the goroutine's older segments",
				      sp.v);
	if (segment == w->segment
	    && (sp.v < old.v || (sp.v == old.v && w->kind == FRAME_CALL)))
		return strings_format(strings(w),
				      "the next frame, at 0x%lx, is not above "
				      "the one at 0x%lx",
				      sp.v, old.v);
	if (segment > w->segment + 1)
		return strings_format(strings(w),
				      "the next frame, at 0x%lx, leaves out a "
				      "segment",
				      sp.v);
	return NULL;
}

/* A step by a plain row, which is most steps, in the place. False: nothing has
 * changed, and the long way does it or says why it cannot be done. */
static bool step_by_plain_row(struct walk *w, const struct plain_row *row)
{
	const uint32_t known = w->regs.known;
	uint64_t value[NRegs];
	uint32_t segment;
	addr_t cfa;

	if (!regs_know(&w->regs, row->cfa_reg) || w->segment == NONE)
		return false;
	cfa = addr(w->regs.value[row->cfa_reg] + row->cfa_offset);
	for (unsigned i = 0; i < row->n; i++)
		if (!read_word(w, addr(cfa.v + row->saved[i].offset),
			       &value[i]))
			return false;
	segment = walk_segment(w, w->segment, cfa);
	if (refuse(w, cfa, segment))
		return false;
	w->regs.known = known & row->same;
	for (unsigned i = 0; i < row->n; i++)
		regs_set(&w->regs, row->saved[i].reg, value[i]);
	regs_set(&w->regs, DwRsp, cfa.v);
	stand_in(w, segment);
	return true;
}

static bool step_anyhow(struct walk *w)
{
	const struct row *row = w->site.row;
	struct regs next;
	uint32_t segment;

	w->stop = row ? step_by_table(w, row, &next)
		      : step_without_table(w, &next);
	if (w->stop || !regs_know(&next, DwRip))
		return false;
	segment = walk_segment(w, w->from, reg(&next, DwRsp));
	w->stop = refuse(w, reg(&next, DwRsp), segment);
	if (w->stop)
		return false;
	w->regs = next;
	stand_in(w, segment);
	return true;
}

bool walk_step(struct walk *w)
{
	const struct row *row = w->site.row;

	if (w->site.outermost)
		return false;
	if (row && row->plain.n && step_by_plain_row(w, &row->plain))
		w->source = SOURCE_CFI;
	else if (!step_anyhow(w))
		return false;
	w->kind = row && row->signal ? FRAME_ACTIVATION : FRAME_CALL;
	find_site(w);
	return true;
}
