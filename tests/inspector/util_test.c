/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses that do not wrap around, maps, and strings. */
#include "test.h"
#include "util/addr.h"
#include "util/map.h"
#include "util/strings.h"

static void addresses_stop_at_the_ends(void **state)
{
	(void)state;
	assert_int_equal(addr_plus(addr(UINT64_MAX - 1), 5).v, UINT64_MAX);
	assert_int_equal(addr_minus(addr(3), 5).v, 0);
	assert_int_equal(addr_span(addr(9), addr(4)), 0);
	assert_false(addr_within(addr(8), addr(0), addr(8)));
}

/* Keys that are multiples of a page would collide in a weak hash. */
static void map_keeps_each_key(void **state)
{
	struct map m = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 10000; i++)
		assert_true(map_put(&m, (uint64_t)i << 12, i));
	assert_false(map_put(&m, 5 << 12, 7));
	for (uint32_t i = 0; i < 10000; i++)
		assert_int_equal(*map_get(&m, (uint64_t)i << 12), i);
	assert_null(map_get(&m, 1));
	map_free(&m);
}

static void strings_are_kept_once(void **state)
{
	struct strings s = { 0 };
	const char *one;

	(void)state;
	one = strings_add(&s, "one");
	for (int i = 0; i < 1000; i++)
		strings_format(&s, "%d", i);
	assert_ptr_equal(strings_add(&s, "one"), one);
	assert_ptr_equal(strings_format(&s, "o%s", "ne"), one);
	assert_int_equal(s.all.n, 1001);
	strings_free(&s);
}

static void foreign_text_is_made_safe(void **state)
{
	struct strings s = { 0 };

	(void)state;
	assert_string_equal(strings_add_foreign(&s, "ab\0cd", 5), "ab");
	assert_string_equal(strings_add_foreign(&s, "abcd", 2), "ab");
	assert_string_equal(strings_add_foreign(&s, "\033[2J\177", 16),
			    "\\x1b[2J\\x7f");
	strings_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_stop_at_the_ends),
		cmocka_unit_test(map_keeps_each_key),
		cmocka_unit_test(strings_are_kept_once),
		cmocka_unit_test(foreign_text_is_made_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
