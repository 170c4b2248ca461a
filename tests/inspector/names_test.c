/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptions of runtimes, and what is in the one we have. */
#include <string.h>

#include "layout/names.h"
#include "test.h"

extern const char _binary_seam_rt_start[];
extern const char _binary_seam_rt_end[];

static void reads_lines(void **state)
{
	static const char text[] = "# a comment\n"
				   "\n"
				   "  a.b  =  x.y  # why\n"
				   "c=d e \n"
				   "last = line";
	struct names n;

	(void)state;
	assert_null(names_parse(text, strlen(text), &n));
	assert_string_equal(names_of(&n, "a.b"), "x.y");
	assert_string_equal(names_of(&n, "c"), "d e");
	assert_string_equal(names_of(&n, "last"), "line");
	assert_null(names_of(&n, "a"));
	names_free(&n);
}

static void refuses_other_lines(void **state)
{
	struct names n;
	struct error *e = names_parse("a = b\nnonsense\n", 15, &n);

	(void)state;
	assert_non_null(e);
	assert_non_null(strstr(e->text, "nonsense"));
	error_free(e);
}

/* No noun twice: the second would never be looked at. */
static void ours_says_each_thing_once(void **state)
{
	struct names n;

	(void)state;
	assert_null(names_parse(_binary_seam_rt_start,
				_binary_seam_rt_end - _binary_seam_rt_start,
				&n));
	for (size_t i = 0; i < n.n; i++)
		assert_ptr_equal(names_of(&n, n.items[i].noun),
				 n.items[i].name);
	assert_string_equal(names_of(&n, "runtime"), "seam");
	names_free(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(refuses_other_lines),
		cmocka_unit_test(ours_says_each_thing_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
