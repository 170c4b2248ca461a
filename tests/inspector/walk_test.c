/* SPDX-License-Identifier: BSD-2-Clause */
/* A walk by frame pointers, up a stack that is made here. */
#include <stdlib.h>

#include "layout/program.h"
#include "unwind/step.h"

#include "test.h"

/* Where code and the stack lie, and how many frames are in the segment, which
 * are more than are all kept, and outside of it. */
enum { Code = 0x1000, CodeSize = 16, Base = 0x100000 };
enum { Inside = 1001500, Outside = 3000 };

struct link {
	uint64_t rbp, pc;
};

static addr_t frame_at(size_t i)
{
	return addr(Base + i * sizeof(struct link));
}

static struct link *make_stack(size_t n)
{
	struct link *stack = array_new(n, sizeof(*stack));

	for (size_t i = 0; i < n; i++)
		stack[i] = (struct link){ frame_at(i + 1).v, Code + 8 };
	return stack;
}

static struct target *make_target(const struct link *stack, size_t n)
{
	static const uint8_t code[CodeSize];
	struct target *t = target_open_arrays();

	target_arrays_add(t, addr(Code), code, CodeSize);
	t->mappings.items[0].executable = true;
	target_arrays_add(t, addr(Base), stack, n * sizeof(*stack));
	return t;
}

/* A goroutine at the first frame, of whose segments the newest is known. */
static struct snapshot *make_snapshot(const struct link *stack)
{
	struct snapshot *s = snapshot_new();

	*ARRAY_PUSH(&s->segments) = (struct segment){
		.low = frame_at(0),
		.end = frame_at(Inside),
		.bytes = (const uint8_t *)stack,
		.nbytes = Inside * sizeof(*stack),
	};
	*ARRAY_PUSH(&s->origins) = (struct origin){ .pc = addr(Code + 8) };
	*ARRAY_PUSH(&s->registers) =
		(struct registers){ .value = { [DwRbp] = Base },
				    .known = 1 << DwRbp };
	*ARRAY_PUSH(&s->goroutines) =
		(struct goroutine){ .sp = frame_at(0), .segments = { 0, 1 } };
	return s;
}

/* No program's code is known. */
static Dwfl *make_modules(void)
{
	static const Dwfl_Callbacks callbacks;
	Dwfl *dwfl = dwfl_begin(&callbacks);

	dwfl_report_begin(dwfl);
	dwfl_report_end(dwfl, NULL, NULL);
	return dwfl;
}

/* So is it where frames in the middle are left out. */
static void what_is_outside_has_an_end(void **state)
{
	static const struct layout layout;
	struct link *stack = make_stack(Inside + Outside);
	struct target *t = make_target(stack, Inside + Outside);
	struct snapshot *s = make_snapshot(stack);
	struct program program = { .dwfl = make_modules() };
	struct unwinder u = { .target = t,
			      .program = &program,
			      .layout = &layout,
			      .snapshot = s };

	(void)state;
	assert_string_equal(
		unwind_goroutine(&u, &s->goroutines.items[0], UNWIND_ALL),
		"too many frames outside its segments");
	unwinder_scope(&u);
	dwfl_end(program.dwfl);
	snapshot_free(s);
	target_close(t);
	free(stack);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_outside_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
