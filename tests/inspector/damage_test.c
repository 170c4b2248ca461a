/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of ids that were asked for and are not there. */
#include <stdlib.h>
#include <string.h>

#include "analyse/analyse.h"
#include "test.h"

/* Of goroutines 2, 4, 6, 8 and 10, when ASKED are asked for, all NOTES are
 * WANTED, a line each. */
static void expect(const char *asked, bool incomplete, const char *wanted)
{
	struct snapshot *s = snapshot_new();
	struct ids ids = { 0 };
	char got[500] = "";

	for (int id = 2; id <= 10; id += 2)
		*ARRAY_PUSH(&s->goroutines) = (struct goroutine){ .id = id };
	s->incomplete = incomplete;
	assert_null(ids_parse(&ids, asked));
	note_missing_ids(s, &ids);
	for (size_t i = 0; i < s->notes.n; i++) {
		strcat(got, s->notes.items[i].text);
		strcat(got, "\n");
	}
	assert_string_equal(got, wanted);
	ids_free(&ids);
	snapshot_free(s);
}

static void tells_what_is_not_there(void **state)
{
	(void)state;
	expect("2,4,10", false, "");
	expect("3", false, "there is no goroutine 3\n");
	expect("20-30", false, "there are no goroutines 20-30\n");
	expect("8-30", false,
	       "there is no goroutine 9\nthere are no goroutines 11-30\n");
	expect("9-10", false, "there is no goroutine 9\n");
	expect("10-9223372036854775807", false,
	       "there are no goroutines 11-9223372036854775807\n");
}

static void tells_the_first_of_many(void **state)
{
	(void)state;
	expect("1-20", false,
	       "there is no goroutine 1\nthere is no goroutine 3\n"
	       "there is no goroutine 5\n"
	       "nor are 12 more of goroutines 1-20 there\n");
}

/* A core that is cut off. */
static void does_not_deny_what_it_cannot_read(void **state)
{
	(void)state;
	expect("3,20-30", true,
	       "goroutine 3 is not in what can be read of the list\n"
	       "goroutines 20-30 are not in what can be read of the list\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_is_not_there),
		cmocka_unit_test(tells_the_first_of_many),
		cmocka_unit_test(does_not_deny_what_it_cannot_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
