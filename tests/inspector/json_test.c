/* SPDX-License-Identifier: BSD-2-Clause */
/* Documents of a snapshot made by hand. That they are as the schema says is
 * asked of real ones, in tests/golden/encoded.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/json.h"
#include "test.h"
#include "util/scope.h"

static void add(struct snapshot *s, struct goroutine g)
{
	*ARRAY_PUSH(&s->goroutines) = g;
}

/* What ENCODE writes about S. */
static char *document(void (*encode)(FILE *, const struct snapshot *),
		      const struct snapshot *s)
{
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	encode(out, s);
	fclose(out);
	return text;
}

static void whole(FILE *out, const struct snapshot *s)
{
	const char *notes[] = { "first", "second \"one\"" };

	json_begin(out, "list");
	json_list(out, s);
	json_end(out, notes, 2);
}

static void quotes_text(void **state)
{
	SCOPE(snapshot) struct snapshot *s = snapshot_new();
	SCOPE(memory) char *text = NULL;

	(void)state;
	add(s, (struct goroutine){ .id = 1,
				   .state = "waiting",
				   .reason = "",
				   .name = "a\"b\\x1b/\xc3\xa4",
				   .waited = -1,
				   .where = NONE });
	text = document(whole, s);
	assert_string_equal(
		text,
		"{\"schema\":1,\n\"command\":\"list\",\n\"goroutines\":[\n"
		"{\"id\":1,\"name\":\"a\\\"b\\\\x1b/\xc3\xa4\","
		"\"state\":\"waiting\",\"segment_count\":0,"
		"\"stack_bytes\":0}],\n\"notes\":[\n\"first\",\n"
		"\"second \\\"one\\\"\"]}\n");
}

static void leaves_out_what_is_not_known(void **state)
{
	SCOPE(snapshot) struct snapshot *s = snapshot_new();
	SCOPE(memory) char *text = NULL;

	(void)state;
	*ARRAY_PUSH(&s->locations) =
		(struct location){ .function = "f", .file = "a.c", .line = 3 };
	add(s, (struct goroutine){ .id = INT64_MIN,
				   .at = { UINT64_MAX },
				   .state = "running",
				   .running = true,
				   .thread = 42,
				   .reason = "",
				   .name = "",
				   .bytes = UINT64_MAX,
				   .waited = 0,
				   .where = 0 });
	text = document(json_list, s);
	assert_string_equal(
		text, ",\n\"goroutines\":[\n{\"id\":-9223372036854775808,"
		      "\"address\":\"0xffffffffffffffff\","
		      "\"state\":\"running\",\"waited_ns\":0,\"thread\":42,"
		      "\"segment_count\":0,"
		      "\"stack_bytes\":18446744073709551615,\"where\":{"
		      "\"function\":\"f\",\"file\":\"a.c\",\"line\":3}}]");
}

static void two_goroutines_share_a_stack(void **state)
{
	SCOPE(snapshot) struct snapshot *s = snapshot_new();
	SCOPE(memory) char *text = NULL;
	const char *frames =
		"\"frames\":[{\"function\":\"g\",\"seam_above\":true,"
		"\"pc\":\"0x10\",\"found_by\":\"frame pointer\"}]";
	const char *first, *second;

	(void)state;
	*ARRAY_PUSH(&s->locations) = (struct location){ .function = "g" };
	*ARRAY_PUSH(&s->frames) =
		(struct frame){ .pc = { 16 }, .source = SOURCE_FRAME_POINTER };
	*ARRAY_PUSH(&s->lines) = (struct line){ .seam = true };
	for (int i = 1; i <= 2; i++)
		add(s, (struct goroutine){ .id = i,
					   .state = "waiting",
					   .reason = "",
					   .name = "",
					   .created_by = NONE,
					   .lines = { 0, 1 } });
	text = document(json_stacks, s);
	first = strstr(text, frames);
	assert_non_null(first);
	second = strstr(first + 1, frames);
	assert_non_null(second);
	assert_null(strstr(second + strlen(frames), "frames"));
}

/* It has no lines of its own, and begins where others do. */
static void no_stack_is_not_the_next_one(void **state)
{
	SCOPE(snapshot) struct snapshot *s = snapshot_new();
	SCOPE(memory) char *text = NULL;

	(void)state;
	*ARRAY_PUSH(&s->locations) = (struct location){ .function = "g" };
	*ARRAY_PUSH(&s->lines) = (struct line){ .frame = NONE };
	for (int i = 1; i <= 3; i++)
		add(s, (struct goroutine){ .id = i,
					   .state = "waiting",
					   .created_by = NONE,
					   .waited = -1,
					   .lines = { 0, i == 2 } });
	text = document(json_stacks, s);
	assert_non_null(strstr(text, "{\"id\":1,\"state\":\"waiting\","
				     "\"segment_count\":0,\"stack_bytes\":0,"
				     "\"frames\":[]}"));
	assert_non_null(strstr(text, "\"frames\":[{\"function\":\"g\"}]}"));
	assert_non_null(strstr(text, "{\"id\":3,\"state\":\"waiting\","
				     "\"segment_count\":0,\"stack_bytes\":0,"
				     "\"frames\":[]}]"));
}

/* More than are kept, each twice. */
static void each_has_its_own_name(void **state)
{
	enum { Names = 50000 };
	SCOPE(snapshot) struct snapshot *s = snapshot_new();
	SCOPE(memory) char *text = NULL;
	const char *at;

	(void)state;
	for (int i = 0; i < 2 * Names; i++)
		add(s, (struct goroutine){ .id = i,
					   .state = "waiting",
					   .name = strings_format(&s->strings,
								  "\"%d\"",
								  i % Names),
					   .where = NONE,
					   .waited = -1 });
	at = text = document(json_list, s);
	for (int i = 0; i < 2 * Names; i++) {
		char member[64];

		snprintf(member, sizeof(member),
			 "{\"id\":%d,\"name\":\"\\\"%d\\\"\",", i, i % Names);
		at = strchr(at + 1, '{');
		assert_non_null(at);
		assert_memory_equal(at, member, strlen(member));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_text),
		cmocka_unit_test(leaves_out_what_is_not_known),
		cmocka_unit_test(two_goroutines_share_a_stack),
		cmocka_unit_test(no_stack_is_not_the_next_one),
		cmocka_unit_test(each_has_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
