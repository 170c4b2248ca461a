/* SPDX-License-Identifier: BSD-2-Clause */
/* How long goroutines have waited, by a clock or a time that is damage. */
#include "madeup.h"
#include "test.h"

#include "util/scope.h"

static struct snapshot *look(const struct memory *m, struct target **ret)
{
	struct target *t = *ret = open_memory(m);
	SCOPE(collection)
	struct collection *c =
		collection_new(t, &layout, &everybody, COLLECT_TOPS);

	assert_null(collect(c));
	return collect_finish(c);
}

static void done(struct snapshot *s, struct target *t)
{
	snapshot_free(s);
	target_close(t);
}

/* A clock that cannot be right. */
static void waits_are_no_longer_than_can_be_told(void **state)
{
	struct memory m = make_memory();
	struct target *t;
	struct snapshot *s;

	(void)state;
	m.first = (struct clock_reading){ 1000, INT64_MIN };
	m.last = (struct clock_reading){ 1001, INT64_MAX };
	m.g[0].since = 1;
	s = look(&m, &t);
	assert_int_equal(s->goroutines.items[1].waited, INT64_MAX);
	done(s, t);
}

/* At half a nanosecond a tick: a while after the clock was read, and days. */
static void a_wait_that_begins_in_the_far_future_is_damage(void **state)
{
	struct memory m = make_memory();
	struct target *t;
	struct snapshot *s;

	(void)state;
	m.g[0].since = m.last.ticks + 1000;
	s = look(&m, &t);
	assert_int_equal(s->goroutines.items[1].waited, 0);
	assert_int_equal(s->now, m.last.ns + 500);
	done(s, t);
	m.g[0].since = UINT64_MAX - 1;
	s = look(&m, &t);
	assert_int_equal(s->goroutines.items[1].waited, -1);
	assert_int_equal(s->now, m.last.ns);
	done(s, t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waits_are_no_longer_than_can_be_told),
		cmocka_unit_test(
			a_wait_that_begins_in_the_far_future_is_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
