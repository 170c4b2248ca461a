/* SPDX-License-Identifier: BSD-2-Clause */
/* Durations and numbers as text. */
#include "render/render.h"
#include "test.h"

static void expect_duration(int64_t ns, const char *want)
{
	char buf[DurationSize];

	assert_string_equal(render_duration(ns, buf), want);
}

static void writes_durations(void **state)
{
	const int64_t us = 1000, ms = 1000 * us, s = 1000 * ms;

	(void)state;
	expect_duration(-1, "-");
	expect_duration(0, "0us");
	expect_duration(850 * us, "850us");
	expect_duration(ms - 1, "999us");
	expect_duration(12 * ms, "12ms");
	expect_duration(s - 1, "999ms");
	expect_duration(1299 * ms, "1.2s");
	expect_duration(60 * s - 1, "59.9s");
	expect_duration(185 * s, "3m05s");
	expect_duration(3600 * s - 1, "59m59s");
	expect_duration(7800 * s, "2h10m");
	expect_duration(INT64_MAX, "2562047h47m");
}

static void writes_numbers(void **state)
{
	char buf[DigitsSize];

	(void)state;
	assert_string_equal(render_unsigned(0, buf), "0");
	assert_string_equal(render_unsigned(UINT64_MAX, buf),
			    "18446744073709551615");
	assert_string_equal(render_signed(1234567890, buf), "1234567890");
	assert_string_equal(render_signed(INT64_MIN, buf),
			    "-9223372036854775808");
	assert_string_equal(render_address(addr(0), buf), "0x0");
	assert_string_equal(render_address(addr(UINT64_MAX), buf),
			    "0xffffffffffffffff");
	assert_string_equal(render_address(addr(0x7f51), buf), "0x7f51");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_durations),
		cmocka_unit_test(writes_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
