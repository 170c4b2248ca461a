/* SPDX-License-Identifier: BSD-2-Clause */
#include "analyse/details.h"
#include "symbol/variables.h"
#include "unwind/replay.h"
#include "util/scope.h"

static void frame_registers_scope(struct frame_registers *r)
{
	free(r->items);
}

/* The registers of the frame that L is of; NULL: not known. */
static const struct regs *registers_of(const struct frame_registers *all,
				       const struct goroutine *g,
				       const struct line *l)
{
	uint32_t nth = l->frame - g->frames.first;

	return l->frame != NONE && nth < all->n ? &all->items[nth] : NULL;
}

static void find_in_line(struct symbols *symbols, const struct goroutine *g,
			 const struct stack_frames *stack, uint32_t line,
			 const struct details_wanted *wanted)
{
	const struct snapshot *s = symbols->snapshot;
	const struct line *l = &s->lines.items[g->lines.first + line];
	uint32_t nth = l->frame - g->frames.first;
	const struct frame *frame = &stack->frames[nth];

	if (l->frame == NONE || nth >= stack->n)
		return;
	symbols_variables(symbols, stack, nth,
			  l->location - s->places.items[frame->place].first,
			  line, &wanted->variables);
}

static uint32_t add_registers(struct snapshot *s, const struct regs *regs)
{
	struct registers r = { .known = 0 };

	_Static_assert((int)RegisterNumber == (int)NRegs, "the same numbers");
	if (!regs)
		return NONE;
	for (unsigned i = 0; i < NRegs; i++)
		r.value[i] = regs->value[i];
	r.known = regs->known;
	*ARRAY_PUSH(&s->registers) = r;
	return s->registers.n - 1;
}

static struct detail detail_of(struct unwinder *u, struct symbols *symbols,
			       const struct goroutine *g,
			       const struct frame_registers *all,
			       const struct details_wanted *wanted)
{
	struct snapshot *s = u->snapshot;
	struct stack_reader reader = { u, g };
	const struct stack_frames stack = {
		s->frames.items + g->frames.first,
		all->items,
		all->n < g->frames.n ? all->n : g->frames.n,
		stack_read,
		&reader,
	};
	struct detail detail = { { s->variables.n, 0 }, NONE };

	if (wanted->registers && g->lines.n)
		detail.registers = add_registers(
			s,
			registers_of(all, g, &s->lines.items[g->lines.first]));
	if (wanted->variables.arguments || wanted->variables.locals)
		for (uint32_t i = 0; i < g->lines.n; i++)
			find_in_line(symbols, g, &stack, i, wanted);
	detail.variables.n = s->variables.n - detail.variables.first;
	return detail;
}

void find_details(struct unwinder *u, struct symbols *symbols,
		  const struct details_wanted *wanted)
{
	struct snapshot *s = u->snapshot;
	SCOPE(frame_registers) struct frame_registers all = { 0 };

	for (size_t i = 0; i < s->goroutines.n; i++) {
		const struct goroutine *g = &s->goroutines.items[i];

		unwind_replay(u, g, &all);
		*ARRAY_PUSH(&s->details) =
			detail_of(u, symbols, g, &all, wanted);
	}
	for (size_t i = 0; wanted->registers && i < s->threads.n; i++) {
		struct thread_stack *t = &s->threads.items[i];
		const struct thread *thread =
			target_thread(u->target, t->thread);

		if (thread && !t->goroutine)
			t->registers = add_registers(s, &thread->regs);
	}
}
