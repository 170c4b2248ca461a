/* SPDX-License-Identifier: BSD-2-Clause */
/* Goroutines that the list does not lead to, and what looks like one. */
#include "madeup.h"
#include "test.h"

#include "util/scope.h"

/* Of M, whose list ends after goroutine 5. */
static struct snapshot *search(const struct memory *m, struct target **ret)
{
	struct target *t = *ret = open_memory(m);
	SCOPE(collection)
	struct collection *c =
		collection_new(t, &layout, &everybody, COLLECT_STACKS);

	collection_search(c);
	assert_null(collect(c));
	return collect_finish(c);
}

static struct memory make_short_list(void)
{
	struct memory m = make_memory();

	m.g[0].next = 0;
	return m;
}

static void who_is_not_on_the_list_is_found(void **state)
{
	struct memory m = make_short_list();
	struct target *t;
	struct snapshot *s = search(&m, &t);
	char words[100];

	(void)state;
	assert_int_equal(s->goroutines.n, 2);
	snprintf(words, sizeof(words), "the first at 0x%lx", AT(g[2]));
	assert_non_null(strstr(s->notes.items[0].text, words));
	snapshot_free(s);
	target_close(t);
}

/* A variable that holds 0, and one that points behind itself: by its name a
 * newest segment, which begins at 0, and is as long as it lies high. */
static void what_begins_at_0_is_none(void **state)
{
	struct memory m = make_short_list();
	const struct seg seg = { .bytes = top_of(3) + sizeof(seg) };
	struct target *t;
	struct snapshot *s;

	(void)state;
	memcpy(m.stack[3] + 256 - sizeof(seg), &seg, sizeof(seg));
	m.g[2].low = 0;
	m.g[2].top = top_of(3);
	s = search(&m, &t);
	assert_int_equal(s->goroutines.n, 1);
	assert_int_equal(s->notes.n, 0);
	snapshot_free(s);
	target_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_not_on_the_list_is_found),
		cmocka_unit_test(what_begins_at_0_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
