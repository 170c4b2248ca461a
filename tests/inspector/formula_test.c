/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions of descriptions: what they come to, and what is wrong with some.
 * Types and variables of real programs are in tests/inspector/runtimes.sh. */
#include <stdlib.h>
#include <string.h>

#include "layout/formula.h"
#include "model/evaluate.h"
#include "test.h"

enum { Base = 0x1000, StructBytes = 24 };

/* The memory that expressions read, in which a struct lies. */
static const uint64_t memory[] = { 7, Base + 24, 0x1234, 99 };

static struct error *compile(const char *text, bool blind, struct formula *f,
			     char **absent)
{
	const struct names names = { .file = "a.rt" };
	const struct name name = {
		.noun = "n", .name = text, .line = text, .number = 3
	};
	const struct scene scene = {
		.names = &names,
		.type = "thing",
		.size = StructBytes,
		.blind = blind,
	};

	return formula_compile(&scene, &name, f, absent);
}

/* What TEXT comes to. False: to nothing. */
static bool value(const char *text, uint64_t *ret)
{
	struct target *t = target_open_arrays();
	const struct thing thing = { addr(Base), (const uint8_t *)memory };
	struct formula f;
	char *absent;
	bool there;

	assert_null(compile(text, false, &f, &absent));
	assert_null(absent);
	target_arrays_add(t, addr(Base), memory, sizeof(memory));
	there = evaluate(&f, t, thing, ret);
	target_close(t);
	return there;
}

static void assert_value(const char *text, uint64_t wanted)
{
	uint64_t got = wanted + 1;

	if (!value(text, &got))
		fail_msg("%s: comes to nothing", text);
	if (got != wanted)
		fail_msg("%s: %lu, not %lu", text, got, wanted);
}

static void calculates(void **state)
{
	(void)state;
	assert_value("0x10", 16);
	assert_value("1 + 2 * 3", 7);
	assert_value("(1 + 2) * 3", 9);
	assert_value("10 - 3 - 2", 5);
	assert_value("17 / 5 * 10 + 17 % 5", 32);
	assert_value("1 << 4 | 1", 17);
	assert_value("0xff & ~0xf ^ 1", 0xf1);
	assert_value("1 << 64", 0);
	assert_value("~0 >> 63", 1);
	assert_value("-1 + 2", 1);
	assert_value("!5 + !0", 1);
	assert_value("1 < 2", 1);
	assert_value("2 <= 1", 0);
	assert_value("3 > 2 == 1", 1);
	assert_value("3 >= 4 != 0", 0);
}

static void chooses(void **state)
{
	(void)state;
	assert_value("1 ? 2 : 3", 2);
	assert_value("0 ? 2 : 3", 3);
	assert_value("0 ? 2 : 1 ? 4 : 5", 4);
	assert_value("1 + (1 ? 2 : 3) * 10", 21);
	/* What is not chosen is not calculated. */
	assert_value("1 ? 2 : 1 / 0", 2);
	assert_value("0 ? @word(8) : 6", 6);
}

static void reads_memory(void **state)
{
	uint64_t got;

	(void)state;
	assert_value("@self", Base);
	assert_value("@end - @self", StructBytes);
	assert_value("@word(@self + 16)", 0x1234);
	assert_value("@word(@word(@self + 8))", 99);
	assert_false(value("@word(8)", &got));
	assert_false(value("@word(@self + 28)", &got));
	assert_false(value("1 / (2 - 2)", &got));
	assert_false(value("1 % 0", &got));
}

/* No member is known here. */
static void takes_the_other_if_one_is_absent(void **state)
{
	struct formula f;
	char *absent;

	(void)state;
	assert_value("nothing ?? 5", 5);
	assert_value("1 + (nothing.at[2]->all & 3 ?? 5)", 6);
	assert_value("(@word(nothing + 8) ?? 5) * 2", 10);
	assert_value("a ?? b ?? 6", 6);
	assert_value("5 ?? nothing", 5);
	assert_value("5 ?? nothing ?? 6", 5);
	assert_null(compile("1 + nothing", false, &f, &absent));
	assert_string_equal(absent, "member thing.nothing");
	free(absent);
	assert_null(compile("nothing + ((3 ?? 4) + 5)", false, &f, &absent));
	assert_string_equal(absent, "member thing.nothing");
	free(absent);
}

/* TEXT is wrong at byte AT of it, and WHAT stands in the message; whether or
 * not types are known. */
static void assert_mistake(const char *text, size_t at, const char *what)
{
	for (int blind = 0; blind < 2; blind++) {
		struct formula f;
		char *absent;
		struct error *e = compile(text, blind, &f, &absent);

		free(absent);
		if (!e)
			fail_msg("%s: is right", text);
		if (!strstr(e->text, what) || e->at != at)
			fail_msg("%s: %s", text, e->text);
		assert_string_equal(e->line, text);
		error_free(e);
	}
}

static void tells_mistakes(void **state)
{
	(void)state;
	assert_mistake("1 +", 3, "a.rt:3:4: ");
	assert_mistake("1 2", 2, "an operator is missing");
	assert_mistake("2 * (1", 4, "the ( is not closed");
	assert_mistake("(1 2)", 3, "the ( is not closed");
	assert_mistake("a[1", 3, "']' is missing");
	assert_mistake("a.", 2, "the name of a member is missing");
	assert_mistake("a->1", 3, "the name of a member is missing");
	assert_mistake("'a", 0, "the ' is not closed");
	assert_mistake("1 ? 2", 5, "':' is missing");
	assert_mistake("1 + 0x", 4, "not a number");
	assert_mistake("12ab", 0, "not a number");
	assert_mistake("99999999999999999999999", 0, "too large");
	assert_mistake("@nobody", 0, "@self");
	assert_mistake("@word 1", 6, "'(' is missing");
	assert_mistake("nothing ?? 1 +", 14, "missing");
	assert_mistake("&5", 0, "no address");
	assert_mistake("$a", 0, "missing");
}

/* Neither what it holds, nor the compiler's own stack, grows with the text. */
static void has_limits(void **state)
{
	char text[4096] = "";
	uint64_t got;

	(void)state;
	for (int i = 0; i < 40; i++)
		strcat(text, "1 + ");
	strcat(text, "1");
	assert_mistake(text, 130, "too long");
	text[0] = '\0';
	for (int i = 0; i < 1000; i++)
		strcat(text, "(");
	assert_mistake(text, 32, "nested too deep");
	text[0] = '\0';
	for (int i = 0; i < 1000; i++)
		strcat(text, "~");
	assert_mistake(text, 31, "nested too deep");
	text[0] = '\0';
	for (int i = 0; i < 20; i++)
		strcat(text, "1 + (");
	assert_mistake(text, 5 * 16 + 1, "too deep: it holds 17 numbers");
	assert_true(value("1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+(1+1)))))"
			  ")))))))))",
			  &got));
	assert_int_equal(got, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calculates),
		cmocka_unit_test(chooses),
		cmocka_unit_test(reads_memory),
		cmocka_unit_test(takes_the_other_if_one_is_absent),
		cmocka_unit_test(tells_mistakes),
		cmocka_unit_test(has_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
