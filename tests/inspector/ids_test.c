/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of goroutine ids as they are typed. */
#include "test.h"
#include "util/ids.h"

static void accept(struct ids *ids, const char *text)
{
	struct error *e = ids_parse(ids, text);

	assert_null(e);
}

static void refuse(const char *text)
{
	struct ids ids = { 0 };
	struct error *e = ids_parse(&ids, text);

	assert_non_null(e);
	error_free(e);
	ids_free(&ids);
}

static void names_what_it_lists(void **state)
{
	struct ids ids = { 0 };

	(void)state;
	accept(&ids, "3,10-12");
	accept(&ids, "99");
	assert_false(ids_has(&ids, 2));
	assert_true(ids_has(&ids, 3));
	assert_false(ids_has(&ids, 9));
	assert_true(ids_has(&ids, 10));
	assert_true(ids_has(&ids, 12));
	assert_false(ids_has(&ids, 13));
	assert_true(ids_has(&ids, 99));
	ids_free(&ids);
}

static void empty_names_all(void **state)
{
	struct ids ids = { 0 };

	(void)state;
	assert_true(ids_has(&ids, 1));
	assert_true(ids_has(&ids, INT64_MAX));
}

static void refuses_what_is_no_list(void **state)
{
	(void)state;
	refuse("");
	refuse("0");
	refuse("-3");
	refuse("3-");
	refuse("7-3");
	refuse("3,");
	refuse(",3");
	refuse("3,,4");
	refuse("3-4-5");
	refuse("99999999999999999999");
}

static void tells_ids_from_files(void **state)
{
	(void)state;
	assert_true(ids_looks_like("3"));
	assert_true(ids_looks_like("1,4-6"));
	assert_false(ids_looks_like("core"));
	assert_false(ids_looks_like("core.123"));
	assert_false(ids_looks_like("./3"));
	assert_false(ids_looks_like(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_it_lists),
		cmocka_unit_test(empty_names_all),
		cmocka_unit_test(refuses_what_is_no_list),
		cmocka_unit_test(tells_ids_from_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
