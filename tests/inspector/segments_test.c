/* SPDX-License-Identifier: BSD-2-Clause */
/* Large segments, true ones and others. */
#include <stdlib.h>

#include "madeup.h"
#include "model/segments.h"
#include "test.h"

/* What a segment of either runtime says. */
struct both {
	uint64_t next, boundary, low, bytes, end, newer;
};

enum { Large = DirectMost + 4096 };

static const uint64_t far = UINT64_C(1) << 36, other = 0x900000;

/* Goroutine I, on the one segment [LOW, ...) whose descriptor ends SIZE bytes
 * that are mapped from AT on. */
static void add(struct target *t, struct snapshot *s, uint64_t low, uint64_t at,
		size_t size)
{
	uint64_t end = at + size;
	struct both all = { .low = low, .bytes = end - low, .end = end };
	uint8_t *bytes = calloc(size, 1);

	assert_non_null(bytes);
	memcpy(bytes + size - sizeof(all), &all, sizeof(all));
	target_arrays_add(t, addr(at), bytes, size);
	free(bytes);
	*ARRAY_PUSH(&s->goroutines) = (struct goroutine){
		.id = (int64_t)s->goroutines.n,
		.top = addr(end - sizeof(all)),
		.sp = addr(low + 16),
	};
}

/* A segment whose ends are far apart is refused; what is copied of the next is
 * all the same what is in use. */
static void expect_large(const struct layout *l)
{
	struct target *t = target_open_arrays();
	struct snapshot *s = snapshot_new();
	struct segment_reader r = { .target = t,
				    .layout = l,
				    .snapshot = s,
				    .extent = COLLECT_STACKS };

	add(t, s, other, far, 4096);
	add(t, s, other, other, Large);
	segments_read(&r, 0, 2);
	assert_int_equal(s->notes.n, 0);
	assert_int_equal(s->segments.n, 2);
	assert_true(s->segments.items[0].nbytes < 4096);
	assert_int_equal(s->segments.items[1].nbytes, Large - 16);
	segments_free(&r);
	snapshot_free(s);
	target_close(t);
}

static void refused_ones_leave_room(void **state)
{
	struct layout l = {
		.segment = { .size = sizeof(struct both),
			     .type = "Both",
			     .next = FIELD(both, next),
			     .boundary = FIELD(both, boundary),
			     .low = FIELD(both, low),
			     .bytes = FIELD(both, bytes) },
	};

	(void)state;
	expect_large(&l);
	l.segment.end = (struct field)FIELD(both, end);
	l.segment.newer = (struct field)FIELD(both, newer);
	expect_large(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_ones_leave_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
