/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter language without a target: tests/golden/filter.txt's mistakes, its
 * limits, and that what is cheap decides first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyse/filter.h"
#include "analyse/filter_lex.h"
#include "test.h"
#include "util/scope.h"

static FILE *open_table(void)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/golden/filter.txt",
		 getenv("SRC_DIR"));
	f = fopen(path, "r");
	assert_non_null(f);
	return f;
}

/* TEXT is no filter, and POINTER has the caret and the words. */
static void check_mistake(const char *text, const char *pointer)
{
	SCOPE(memory) char *line = NULL;
	struct filter f;
	struct mistake m;
	int column = 0;

	assert_false(filter_parse(text, &f, &m));
	for (size_t i = 0; i < m.at; i++)
		column += (text[i] & 0xc0) != 0x80;
	assert_return_code(asprintf(&line, "%*s^ %s", column, "", m.what->text),
			   0);
	assert_string_equal(line, pointer);
	error_free(m.what);
}

/* Two lines of the table, each indented by four. */
static void tells_mistakes(void **state)
{
	SCOPE(file) FILE *table = open_table();
	char line[2][1024];
	size_t n = 0;

	(void)state;
	do
		assert_non_null(fgets(line[0], sizeof(line[0]), table));
	while (strcmp(line[0], "mistakes\n") != 0);
	while (fgets(line[n % 2], sizeof(line[0]), table)) {
		line[n % 2][strcspn(line[n % 2], "\n")] = '\0';
		if (n++ % 2)
			check_mistake(line[0] + 4, line[1] + 4);
	}
	assert_true(n > 60);
}

static void parse(const char *text, struct filter *ret)
{
	struct mistake m;

	assert_true(filter_parse(text, ret, &m));
}

static bool keeps(const char *text, const struct goroutine *g,
		  enum filter_step step)
{
	SCOPE(filter) struct filter f = { 0 };

	parse(text, &f);
	return filter_keeps(&f, NULL, g, step);
}

static const struct goroutine waiter = {
	.id = 7,
	.state = "waiting",
	.reason = "chan send",
	.name = "walker",
	.waiting = true,
	.object = { 0x7f10 },
	.waited = 5000000000,
	.bytes = 26624,
	.segments = { 0, 3 },
};

static void compares_values(void **state)
{
	static const char *const true_ones[] = {
		"waited == 5s",	      "waited == 5000ms",
		"waited > 4.999999s", "waited < 1m",
		"object == 0x7F10",   "stack == 26K",
		"stack < 1G",	      "segments >= 3",
		"state ~ w*g",	      "thread == 0",
		"name ~ ??lker",      "!(name ~ ?lker) && !(name ~ walk)",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(true_ones) / sizeof(*true_ones); i++) {
		SCOPE(memory) char *opposite = NULL;

		assert_true(keeps(true_ones[i], &waiter, FILTER_COLLECTED));
		assert_return_code(asprintf(&opposite, "!(%s)", true_ones[i]),
				   0);
		assert_false(keeps(opposite, &waiter, FILTER_COLLECTED));
	}
}

static void an_unknown_wait_fits_nothing(void **state)
{
	struct goroutine g = waiter;

	(void)state;
	g.waited = -1;
	assert_false(keeps("waited < 5s", &g, FILTER_COLLECTED));
	assert_false(keeps("waited >= 0", &g, FILTER_COLLECTED));
	assert_true(keeps("waited != 5s", &g, FILTER_COLLECTED));
}

static void cheap_fields_decide_first(void **state)
{
	(void)state;
	assert_false(keeps("in(x) && id == 8", &waiter, FILTER_READ));
	assert_true(keeps("in(x) && id == 7", &waiter, FILTER_READ));
	assert_true(keeps("in(x) || id == 8", &waiter, FILTER_READ));
	assert_false(keeps("!(in(x) || id == 7)", &waiter, FILTER_READ));
	assert_true(keeps("waited > 6s", &waiter, FILTER_READ));
	assert_true(keeps("thread > 0", &waiter, FILTER_READ));
	assert_false(
		keeps("waited > 6s && entry == x", &waiter, FILTER_COLLECTED));
}

static void knows_its_last_step(void **state)
{
	static const struct {
		const char *text;
		enum filter_step step;
	} wanted[] = {
		{ "id == 1 && state == x", FILTER_READ },
		{ "id == 1 || !(waited > 1s)", FILTER_COLLECTED },
		{ "stack > 1K", FILTER_COLLECTED },
		{ "creator == x && waited > 1s", FILTER_NAMED },
		{ "in(x) || id == 1", FILTER_FOLDED },
		{ "!(file == x)", FILTER_FOLDED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		SCOPE(filter) struct filter f = { 0 };

		parse(wanted[i].text, &f);
		assert_int_equal(filter_last_step(&f), wanted[i].step);
	}
}

static void matches_globs(void **state)
{
	(void)state;
	assert_true(filter_like("", ""));
	assert_true(filter_like("", "**"));
	assert_true(filter_like("parse_if", "parse_*"));
	assert_true(filter_like("aXbXc", "a*X?"));
	assert_true(filter_like("\xc3\xa4", "?"));
	assert_true(filter_like("a*b", "a\\*b"));
	assert_false(filter_like("axb", "a\\*b"));
	assert_false(filter_like("\xc3\xa4", "??"));
	assert_false(filter_like("parse", "parse_*"));
	assert_false(filter_like("parse", ""));
}

/* TIMES times TEXT, then END. */
static char *repeat(const char *text, size_t times, const char *end)
{
	char *all = calloc(times * strlen(text) + strlen(end) + 1, 1);

	for (size_t i = 0; i < times; i++)
		strcat(all, text);
	return strcat(all, end);
}

static void refuse(const char *text, const char *words)
{
	struct filter f;
	struct mistake m;

	assert_false(filter_parse(text, &f, &m));
	assert_non_null(strstr(m.what->text, words));
	error_free(m.what);
}

static void has_limits(void **state)
{
	SCOPE(memory) char *deep = repeat("(", 100000, "id == 1");
	SCOPE(memory)
	char *allowed = repeat("!!!", FilterDepth / 3, "id == 1");
	SCOPE(memory) char *l = repeat("id == 1 && ", 100000, "id == 1");
	SCOPE(filter) struct filter f = { 0 };

	(void)state;
	refuse(deep, "within each other");
	refuse(l, "too long");
	refuse("", "a test is missing");
	parse(allowed, &f);
	assert_true(filter_keeps(&f, NULL, &waiter, FILTER_READ));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_mistakes),
		cmocka_unit_test(compares_values),
		cmocka_unit_test(an_unknown_wait_fits_nothing),
		cmocka_unit_test(cheap_fields_decide_first),
		cmocka_unit_test(knows_its_last_step),
		cmocka_unit_test(matches_globs),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
