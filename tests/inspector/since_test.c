/* SPDX-License-Identifier: BSD-2-Clause */
/* Up to when the times in an answer count. */
#include "expect.h"
#include "render/render.h"

/* Of a snapshot, in which one waits. */
static void since_of(FILE *out, bool known, bool past, bool read)
{
	struct snapshot s = { 0 };
	struct goroutine waits = { .waiting = true, .waited = 0 };

	s.goroutines.items = &waits;
	s.goroutines.n = 1;
	s.now = known;
	s.now_is_past = past;
	s.clock_read = s.since_noted = read;
	render_since(out, &s);
}

static void since(FILE *out)
{
	struct goroutine waits = { .waiting = true, .waited = 0 };

	since_of(out, true, false, true);
	since_of(out, false, true, false); /* a runtime without a clock */
	render_since(out, &(struct snapshot){ .now = 1 }); /* nobody waits */
	render_since(out, /* since when is not noted */
		     &(struct snapshot){ .goroutines = { &waits, 1, 1 },
					 .clock_read = true });
	since_of(out, true, true, true);
	since_of(out, false, false, true);
}

/* The same of answers that have no column SINCE. */
static void times(FILE *out)
{
	struct goroutine waits = { .waiting = true, .waited = 0 };
	struct snapshot s = { .goroutines = { &waits, 1, 1 }, .now = 5 };

	render_times(out, &s);
	s.now_is_past = true;
	render_times(out, &s);
	s.now = 0;
	render_times(out, &s);
	s.now = 5;
	waits.waiting = false;
	render_times(out, &s);
}

static void tells_up_to_when(void **state)
{
	(void)state;
	expect(since,
	       "SINCE counts up to when the program last read its clock: it "
	       "may be longer\n\n"
	       "SINCE is not known: the program has read its clock once, or "
	       "that is damaged\n\n");
	expect(times, "times count up to when the program last read its "
		      "clock: they may be longer\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_up_to_when),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
