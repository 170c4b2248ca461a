/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a target: here one made of arrays. */
#include <string.h>

#include "target/target.h"
#include "test.h"

/* "abcdefgh" at 0x1000, and right behind it, as a mapping of its own, "ijkl".
 */
static int open_arrays(void **state)
{
	struct target *t = target_open_arrays();

	target_arrays_add(t, addr(0x1008), "ijkl", 4);
	target_arrays_add(t, addr(0x1000), "abcdefgh", 8);
	*state = t;
	return 0;
}

static int close_arrays(void **state)
{
	target_close(*state);
	return 0;
}

static void reads_across_mappings(void **state)
{
	char buf[8];

	assert_null(target_read(*state, addr(0x1005), buf, 7));
	assert_memory_equal(buf, "fghijkl", 7);
	assert_int_equal(target_read_some(*state, addr(0x1009), buf, 8), 3);
	assert_int_equal(target_read_some(*state, addr(0xfff), buf, 8), 0);
}

static void says_which_byte_is_missing(void **state)
{
	char buf[8];
	struct error *e = target_read(*state, addr(0x1008), buf, 8);

	assert_non_null(e);
	assert_string_equal(e->text, "0x100c is outside any mapping");
	error_free(e);
}

static void finds_mappings(void **state)
{
	assert_null(target_mapping(*state, addr(0xfff)));
	assert_int_equal(target_mapping(*state, addr(0x1007))->low.v, 0x1000);
	assert_int_equal(target_mapping(*state, addr(0x1008))->low.v, 0x1008);
	assert_null(target_mapping(*state, addr(0x100c)));
	assert_null(target_mapping(*state, addr(UINT64_MAX)));
}

static void copies_what_is_mapped(void **state)
{
	struct range r[] = {
		{ .low = addr(0x1002), .size = 3 },
		{ .low = addr(0x100a), .size = 100 },
		{ .low = addr(0x7777), .size = 4 },
		{ .low = addr(UINT64_MAX - 2), .size = UINT64_MAX },
	};

	target_copy(*state, r, 4);
	assert_int_equal(r[0].copy.size, 3);
	assert_memory_equal(r[0].copy.data, "cde", 3);
	assert_int_equal(r[1].copy.size, 2);
	assert_memory_equal(r[1].copy.data, "kl", 2);
	assert_int_equal(r[2].copy.size, 0);
	assert_int_equal(r[3].copy.size, 0);
}

/* Sane ranges are disjoint, and copied twice at most: more than that is not
 * copied, whenever. */
static void copies_no_more_than_there_is(void **state)
{
	struct range r[3];

	for (int i = 0; i < 3; i++)
		r[i] = (struct range){ .low = addr(0x1000), .size = 8 };
	target_copy(*state, r, 3);
	assert_int_equal(r[0].copy.size, 8);
	assert_int_equal(r[1].copy.size, 8);
	assert_int_equal(r[2].copy.size, 0);
	target_copy(*state, r, 1);
	assert_int_equal(r[0].copy.size, 0);
}

static void knows_its_threads(void **state)
{
	struct regs regs = { .known = 0 };

	regs_set(&regs, DwRsp, 42);
	target_arrays_thread(*state, 7, &regs);
	assert_int_equal(target_thread(*state, 7)->regs.value[DwRsp], 42);
	assert_null(target_thread(*state, 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_across_mappings),
		cmocka_unit_test(says_which_byte_is_missing),
		cmocka_unit_test(finds_mappings),
		cmocka_unit_test(copies_what_is_mapped),
		cmocka_unit_test(copies_no_more_than_there_is),
		cmocka_unit_test(knows_its_threads),
	};

	return cmocka_run_group_tests(tests, open_arrays, close_arrays);
}
