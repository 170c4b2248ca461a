/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses that do not wrap around, maps, and strings. */
#include <stdlib.h>

#include "test.h"
#include "util/addr.h"
#include "util/array.h"
#include "util/clean.h"
#include "util/map.h"
#include "util/scope.h"
#include "util/strings.h"
#include "util/text.h"

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
	assert_null(map_get(&m, 0));
}

/* Keys of 64 bits, room that was made before, and none. */
static void map_takes_any_key(void **state)
{
	const uint64_t keys[] = { 0, UINT64_MAX, UINT64_C(1) << 32, 1,
				  UINT32_MAX };
	enum { N = sizeof(keys) / sizeof(*keys) };
	struct map m = { 0 };

	(void)state;
	map_reserve(&m, 3);
	for (uint32_t i = 0; i < N; i++) {
		assert_null(map_get(&m, keys[i]));
		assert_true(map_put(&m, keys[i], i));
		assert_false(map_put(&m, keys[i], i + 1));
	}
	for (uint32_t i = 0; i < N; i++)
		assert_int_equal(*map_get(&m, keys[i]), i);
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

static void expect_clean(const char *text, const char *want)
{
	char *got = clean_text(text, SIZE_MAX);

	assert_string_equal(got, want);
	free(got);
}

/* C1 controls are characters of two bytes; what is not UTF-8 may be anything
 * to a terminal. */
static void only_what_is_printed_stays(void **state)
{
	(void)state;
	expect_clean("a b~\n\t", "a b~\\x0a\\x09");
	expect_clean("\u00a0\u00e9\u20ac\U0001f980",
		     "\u00a0\u00e9\u20ac\U0001f980");
	expect_clean("\xc2\x9b"
		     "2J",
		     "\\xc2\\x9b2J");
	expect_clean("\x9b"
		     "2J",
		     "\\x9b2J");
	expect_clean("\xc3", "\\xc3");
	expect_clean("\xe2\x82", "\\xe2\\x82");
	expect_clean("\xc1\x81", "\\xc1\\x81");
	expect_clean("\xe0\x82\xa9", "\\xe0\\x82\\xa9");
	expect_clean("\xed\xa0\x80", "\\xed\\xa0\\x80");
	expect_clean("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	expect_clean("\xff", "\\xff");
}

static void finds_the_last_not_after(void **state)
{
	struct {
		ARRAY(struct { uint64_t low; });
	} a = { 0 };

	(void)state;
	assert_int_equal(ARRAY_UPTO(&a, .low, 7), 0);
	for (uint64_t i = 1; i <= 5; i++)
		ARRAY_PUSH(&a)->low = 10 * i;
	for (uint64_t at = 0; at < 70; at++)
		assert_int_equal(ARRAY_UPTO(&a, .low, at),
				 at / 10 < 5 ? at / 10 : 5);
	assert_int_equal(ARRAY_UPTO(&a, .low, UINT64_MAX), 5);
	free(a.items);
}

static void words_are_joined(void **state)
{
	const char *const words[] = { "one", "two", "three" };
	SCOPE(memory) char *none = text_join(NULL, 0, ", ");
	SCOPE(memory) char *all = text_join(words, 3, ", ");

	(void)state;
	assert_string_equal(none, "");
	assert_string_equal(all, "one, two, three");
}

static void names_are_the_last_of_a_path(void **state)
{
	(void)state;
	assert_string_equal(text_base_name("/usr/lib/libc.so"), "libc.so");
	assert_string_equal(text_base_name("tree.c"), "tree.c");
	assert_string_equal(text_base_name("lib/"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_stop_at_the_ends),
		cmocka_unit_test(finds_the_last_not_after),
		cmocka_unit_test(map_keeps_each_key),
		cmocka_unit_test(map_takes_any_key),
		cmocka_unit_test(strings_are_kept_once),
		cmocka_unit_test(foreign_text_is_made_safe),
		cmocka_unit_test(only_what_is_printed_stays),
		cmocka_unit_test(words_are_joined),
		cmocka_unit_test(names_are_the_last_of_a_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
