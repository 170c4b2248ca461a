/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptions of runtimes, and what is in the one we have. */
#include <string.h>

#include "layout/descriptions.h"
#include "layout/names.h"
#include "test.h"

static struct error *parse(const char *text, struct names *ret)
{
	const struct description d = { .file = "a.rt",
				       .text = text,
				       .size = strlen(text) };

	return names_parse(&d, ret);
}

static void reads_lines(void **state)
{
	static const char text[] = "# a comment\n"
				   "\n"
				   "  a.b  =  x.y  # why\n"
				   "c=d e \n"
				   "last = line";
	struct names n;

	(void)state;
	assert_null(parse(text, &n));
	assert_string_equal(names_of(&n, "a.b"), "x.y");
	assert_string_equal(names_of(&n, "c"), "d e");
	assert_string_equal(names_of(&n, "last"), "line");
	assert_null(names_of(&n, "a"));
	names_free(&n);
}

/* TEXT is wrong: WHAT stands in the message, with the line in which, and AT
 * which of its bytes. */
static void assert_refused(const char *text, const char *what, const char *line,
			   size_t at)
{
	struct names n;
	struct error *e = parse(text, &n);

	assert_non_null(e);
	assert_non_null(strstr(e->text, what));
	assert_string_equal(e->line, line);
	assert_int_equal(e->at, at);
	error_free(e);
}

static void refuses_other_lines(void **state)
{
	(void)state;
	assert_refused("a = b\n  nonsense # no\n", "a.rt:2:3: 'nonsense'",
		       "  nonsense # no", 2);
	assert_refused("= b", "a.rt:1:1: ", "= b", 0);
	assert_refused("a.b =  # c", "a.rt:1:5: nothing stands behind 'a.b ='",
		       "a.b =  # c", 4);
}

/* No noun twice: the second would never be looked at. */
static void refuses_a_noun_twice(void **state)
{
	(void)state;
	assert_refused("a = b\n\n a = c\n", "a.rt:3:2: 'a' is said in line 1",
		       " a = c", 1);
}

static void refuses_what_is_no_text(void **state)
{
	static const char zero[] = "a = b\0c = d";
	static char large[DescriptionMost + 1];
	const struct description no_text = { .file = "zero",
					     .text = zero,
					     .size = sizeof(zero) };
	const struct description too_large = { .file = "large",
					       .text = large,
					       .size = sizeof(large) };
	struct error *e;
	struct names n;

	(void)state;
	e = names_parse(&no_text, &n);
	assert_non_null(e);
	assert_non_null(strstr(e->text, "zero byte"));
	error_free(e);
	memset(large, ' ', sizeof(large));
	e = names_parse(&too_large, &n);
	assert_non_null(e);
	assert_non_null(strstr(e->text, "longer than 65536 bytes"));
	error_free(e);
}

static void reads_ours(void **state)
{
	struct description d[DescriptionsBuiltIn];
	struct names n;

	(void)state;
	descriptions_built_in(d);
	for (size_t i = 0; i < DescriptionsBuiltIn; i++) {
		assert_null(names_parse(&d[i], &n));
		assert_non_null(names_of(&n, "runtime"));
		names_free(&n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(refuses_other_lines),
		cmocka_unit_test(refuses_a_noun_twice),
		cmocka_unit_test(refuses_what_is_no_text),
		cmocka_unit_test(reads_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
