/* SPDX-License-Identifier: BSD-2-Clause */
/* The answers' text, for a model made by hand. */
#include <string.h>

#include "expect.h"
#include "render/render.h"

static struct location locations[] = {
	{ "seam_send", "chan.c", 142, false },
	{ "emit", "index.c", 88, true },
	{ "visit", "index.c", 70, false },
	{ "walk", "index.c", 101, false },
	{ "start", "index.c", 150, false },
	{ "puts", NULL, 0, false },
};

static struct frame frames[] = {
	{ .pc = { 0x401000 } },
	{ .pc = { 0x401010 }, .source = SOURCE_FRAME_POINTER },
};

static struct line lines[] = {
	{ 0, 0, 0, false, false },   { 1, 1, 0, false, false },
	{ 2, 1, 0, false, false },   { 3, 1, 0, true, false },
	{ 4, NONE, 0, false, true },
};

static struct segment segments[] = {
	{ .low = { 0x7f0000010000 },
	  .end = { 0x7f0000014000 },
	  .sp = { 0x7f0000013e64 },
	  .grown_by = 2 },
	{ .low = { 0x7f0000030000 },
	  .end = { 0x7f0000030800 },
	  .sp = { 0x7f00000303b4 },
	  .grown_by = NOBODY },
	{ .low = { 0x7f0000040000 },
	  .end = { 0x7f0000040800 },
	  .grown_by = NOBODY },
};

static struct goroutine goroutines[] = {
	{ .id = 3,
	  .state = "waiting",
	  .reason = "chan send",
	  .name = "walker",
	  .waiting = true,
	  .waited = 1234567890,
	  .object = { 0x7f0000050000 },
	  .bytes = 18432,
	  .segments = { 0, 2 },
	  .lines = { 0, 4 },
	  .where = 1,
	  .created_by = 4 },
	{ .id = 12,
	  .state = "running",
	  .reason = "",
	  .name = "",
	  .running = true,
	  .thread = 4242,
	  .waited = -1,
	  .bytes = 6144,
	  .whole = true,
	  .segments = { 2, 1 },
	  .lines = { 4, 1 },
	  .where = 5,
	  .created_by = NONE,
	  .stop = "no unwind information" },
};

static struct thread_stack threads[] = {
	{ .thread = 4242, .machine = 0, .goroutine = 12, .registers = NONE },
	{ .thread = 4243, .machine = -1, .lines = { 0, 2 }, .registers = NONE },
};

static const struct snapshot snapshot = {
	.goroutines = { goroutines, 2, 2 },
	.segments = { segments, 3, 3 },
	.threads = { threads, 2, 2 },
	.frames = { frames, 2, 2 },
	.locations = { locations, 6, 6 },
	.lines = { lines, 5, 5 },
};

static void list(FILE *out)
{
	render_list(out, &snapshot);
}

static void plain(FILE *out)
{
	render_stacks(out, &snapshot, STACK_PLAIN);
}

static void raw(FILE *out)
{
	render_stacks(out, &snapshot, STACK_RAW);
}

static void thread_stacks(FILE *out)
{
	render_threads(out, &snapshot);
}

static void segment_table(FILE *out)
{
	render_segments(out, &snapshot);
}

static void lists(void **state)
{
	(void)state;
	expect(list,
	       "  ID STATE    REASON          SINCE  WHERE           SEGS "
	       "BYTES  NAME\n"
	       "  3  waiting  chan send        1.2s  emit index.c:88    2 "
	       "18432  walker\n"
	       "  12 running  thread 4242         -  puts               1 "
	       " 6144  -\n");
}

#define LongName "a_function_with_a_name_longer_than_its_column"

static struct location long_names[] = {
	{ LongName, NULL, 0, false },
	{ LongName, "index.c", 88, false },
	{ "\u00e4\u00e4\u00e4_funktion_deren_name_ist_wirklich_lang", "i.c", 8,
	  false },
};

static struct goroutine wide[] = {
	{ .id = 1234567,
	  .state = "runnable",
	  .reason = "",
	  .name = "",
	  .waited = -1,
	  .bytes = 1073741824 },
	{ .id = 1234568,
	  .state = "waiting",
	  .reason = "GC scavenge wait",
	  .name = "",
	  .waited = -1,
	  .where = NONE },
	{ .id = 3,
	  .state = "runnable",
	  .reason = "",
	  .name = "",
	  .waited = -1,
	  .where = 1 },
	{ .id = 4,
	  .state = "runnable",
	  .reason = "",
	  .name = "",
	  .waited = -1,
	  .where = 2 },
};

static const struct snapshot wide_snapshot = {
	.goroutines = { wide, 4, 4 },
	.locations = { long_names, 3, 3 },
};

static void wide_list(FILE *out)
{
	render_list(out, &wide_snapshot);
}

static void lists_what_is_wide(void **state)
{
	(void)state;
	expect(wide_list,
	       "  ID      STATE    REASON            SINCE  WHERE            "
	       "            SEGS      BYTES  NAME\n"
	       "  1234567 runnable -                     -  "
	       "a_function_with_a_name_lo...    0 1073741824  -\n"
	       "  1234568 waiting  GC scavenge wait      -  -                "
	       "               0          0  -\n"
	       "  3       runnable -                     -  "
	       "a_function_wit... index.c:88    0          0  -\n"
	       "  4       runnable -                     -  "
	       "\u00e4\u00e4\u00e4_funktion_deren_... i.c:8    0          0  "
	       "-\n");
}

enum { Repeated = 1000 };
static struct line repeated_lines[Repeated + 2];
static struct location repeated_locations[] = {
	{ "visit", "t.c", 1, false },
	{ "walk", "t.c", 2, false },
	{ "start", "t.c", 3, false },
};
static struct goroutine diver = {
	.id = 5,
	.state = "running",
	.reason = "",
	.name = "",
	.waited = -1,
	.created_by = NONE,
	.lines = { 0, Repeated + 2 },
};
static struct snapshot deep = {
	.goroutines = { &diver, 1, 1 },
	.lines = { repeated_lines, Repeated + 2, Repeated + 2 },
	.locations = { repeated_locations, 3, 3 },
};

static void deep_stack(FILE *out)
{
	render_stacks(out, &deep, STACK_PLAIN);
}

/* Two functions call each other. */
static void folds_recursion(void **state)
{
	(void)state;
	for (size_t i = 0; i < Repeated + 1; i++)
		repeated_lines[i] = (struct line){ .location = i % 2,
						   .frame = NONE,
						   .seam = i % 100 == 99 };
	repeated_lines[Repeated + 1] =
		(struct line){ .location = 2, .frame = NONE };
	expect(deep_stack, "goroutine 5 [running]:\n"
			   "#0  visit at t.c:1\n#1  walk at t.c:2\n"
			   "#2  visit at t.c:1\n#3  walk at t.c:2\n"
			   "#4  visit at t.c:1\n#5  walk at t.c:2\n"
			   "#6  visit at t.c:1\n#7  walk at t.c:2\n"
			   "#8  visit at t.c:1\n#9  walk at t.c:2\n"
			   "    ... 991 more frames like these 2, 10 seams\n"
			   "#1001 start at t.c:3\n");
	diver.lines.n = 3;
	deep.lines_most = 2;
	expect(deep_stack, "goroutine 5 [running]:\n"
			   "#0  visit at t.c:1\n#1  walk at t.c:2\n"
			   "    ... 1 more frame\n");
	diver.lines.n = Repeated + 2;
	expect(deep_stack, "goroutine 5 [running]:\n"
			   "#0  visit at t.c:1\n#1  walk at t.c:2\n"
			   "    ... 1000 more frames\n");
}

static void shows_stacks(void **state)
{
	(void)state;
	expect(plain, "goroutine 3 \"walker\" [waiting, chan send "
		      "0x7f0000050000, 1.2s]:\n"
		      "#0  seam_send at chan.c:142\n"
		      "#1  emit at index.c:88 (inlined) "
		      "(by the frame pointer)\n"
		      "#2  visit at index.c:70 (by the frame pointer)\n"
		      "    -- seam --\n"
		      "#3  walk at index.c:101 (by the frame pointer)\n"
		      "    created by start at index.c:150\n"
		      "\n"
		      "goroutine 12 [running, thread 4242]:\n"
		      "#0  start at index.c:150 (entry)\n"
		      "    the trace stops here: no unwind information\n");
}

static void shows_raw_stacks(void **state)
{
	(void)state;
	expect(raw, "goroutine 3 \"walker\" [waiting, chan send "
		    "0x7f0000050000, 1.2s]:\n"
		    "#0  0x0000000000401000 in seam_send at chan.c:142\n"
		    "#1  0x0000000000401010 in emit at index.c:88 (inlined) "
		    "(by the frame pointer)\n"
		    "#2  0x0000000000401010 in visit at index.c:70 "
		    "(by the frame pointer)\n"
		    "    -- seam --\n"
		    "#3  0x0000000000401010 in walk at index.c:101 "
		    "(by the frame pointer)\n"
		    "    created by start at index.c:150\n"
		    "\n"
		    "goroutine 12 [running, thread 4242]:\n"
		    "#0  start at index.c:150 (entry)\n"
		    "    the trace stops here: no unwind information\n");
}

static void shows_threads(void **state)
{
	(void)state;
	expect(thread_stacks,
	       "\n"
	       "thread 4242, machine 0: runs goroutine 12\n"
	       "\n"
	       "thread 4243:\n"
	       "#0  0x0000000000401000 in seam_send at chan.c:142\n"
	       "#1  0x0000000000401010 in emit at index.c:88 (inlined) "
	       "(by the frame pointer)\n");
}

static void shows_segments(void **state)
{
	(void)state;
	expect(segment_table,
	       "goroutine 3 \"walker\": 2 segments, 18432 bytes\n"
	       "  2  0x7f0000010000-0x7f0000014000    412 of 16384 used  "
	       "visit index.c:70\n"
	       "  1  0x7f0000030000-0x7f0000030800   1100 of  2048 used  "
	       "first\n"
	       "\n"
	       "goroutine 12: 1 segment, 6144 bytes, 4096 of "
	       "them kept\n"
	       "  1  0x7f0000040000-0x7f0000040800     - of 2048 used  "
	       "first\n");
}

static struct variable variables[] = {
	{ .line = 1, .argument = true, .name = "n", .value = "3" },
	{ .line = 1, .name = "text", .value = "<optimized out>" },
	{ .line = 3, .name = "row", .value = "{1, 2}" },
};

static struct registers registers[] = {
	{ .value = { [3] = 0x10, [6] = 0x20, [7] = 0x7f00, [16] = 0x401000 },
	  .known = 1 << 3 | 1 << 6 | 1 << 7 | 1 << 16 },
};

static struct detail details[] = { { { 0, 3 }, 0 }, { { 3, 0 }, NONE } };

static void detailed(FILE *out)
{
	struct snapshot s = snapshot;

	s.details.items = details;
	s.details.n = 2;
	s.variables.items = variables;
	s.registers.items = registers;
	render_stack(out, &s, &goroutines[0], STACK_PLAIN);
}

static void shows_details(void **state)
{
	(void)state;
	expect(detailed,
	       "goroutine 3 \"walker\" [waiting, chan send "
	       "0x7f0000050000, 1.2s]:\n"
	       "    rbx 0x0000000000000010  rbp 0x0000000000000020  "
	       "rsp 0x0000000000007f00\n"
	       "    rip 0x0000000000401000\n"
	       "#0  seam_send at chan.c:142\n"
	       "#1  emit at index.c:88 (inlined) (by the frame pointer)\n"
	       "        n = 3\n"
	       "        text = <optimized out>\n"
	       "#2  visit at index.c:70 (by the frame pointer)\n"
	       "    -- seam --\n"
	       "#3  walk at index.c:101 (by the frame pointer)\n"
	       "        row = {1, 2}\n"
	       "    created by start at index.c:150\n");
}

enum { Alone = 60 };

static struct goroutine crowd[Alone + 3];
static uint32_t members[Alone + 3];

static struct group groups[] = {
	{ .lines = { 0, 4 }, .members = { 0, Alone }, .states = { 0, 2 } },
	{ .label = "chan send",
	  .members = { Alone, 3 },
	  .states = { 2, 1 },
	  .stop = "no unwind information" },
};

static struct group_state group_states_[] = {
	{ "waiting", "sleep", 59, 3000000, 1234567890 },
	{ "running", "", 1, -1, -1 },
	{ NULL, "", 3, 5000000, 5000001 },
};

static const struct snapshot grouped = {
	.goroutines = { crowd, Alone + 3, Alone + 3 },
	.frames = { frames, 2, 2 },
	.locations = { locations, 6, 6 },
	.lines = { lines, 5, 5 },
	.groups = { groups, 2, 2 },
	.members = { members, Alone + 3, Alone + 3 },
	.states = { group_states_, 3, 3 },
};

static void group_text(FILE *out)
{
	render_groups(out, &grouped, "stack");
}

/* Ids are cut at 80 columns: every second one, but three in a row at last. */
static void shows_groups(void **state)
{
	(void)state;
	for (int i = 0; i < Alone; i++)
		crowd[i].id = 2 * i + 1;
	for (int i = 0; i < 3; i++)
		crowd[Alone + i].id = 1000 + i;
	for (uint32_t i = 0; i < Alone + 3; i++)
		members[i] = i;
	expect(group_text,
	       "63 goroutines in 2 groups by stack\n"
	       "\n"
	       "60 goroutines\n"
	       "    1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, "
	       "31, 33, 35, 37, ...\n"
	       "    59 waiting, sleep, 3ms to 1.2s\n"
	       "    1 running\n"
	       "#0  seam_send at chan.c:142\n"
	       "#1  emit at index.c:88 (inlined)\n"
	       "#2  visit at index.c:70\n"
	       "#3  walk at index.c:101\n"
	       "\n"
	       "3 goroutines: chan send\n"
	       "    1000-1002\n"
	       "    others, 5ms\n"
	       "    the trace stops here: no unwind information\n");
}

static void folded_text(FILE *out)
{
	render_folded(out, &grouped);
}

/* One that has no lines is there, too. */
static void folds_groups(void **state)
{
	(void)state;
	expect(folded_text, "walk;visit;emit;seam_send 60\n"
			    "?? 3\n");
	lines[2].omitted = 7;
	expect(folded_text, "walk;visit;...;emit;seam_send 60\n"
			    "?? 3\n");
	lines[2].omitted = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(lists_what_is_wide),
		cmocka_unit_test(folds_recursion),
		cmocka_unit_test(shows_stacks),
		cmocka_unit_test(shows_raw_stacks),
		cmocka_unit_test(shows_threads),
		cmocka_unit_test(shows_details),
		cmocka_unit_test(shows_segments),
		cmocka_unit_test(shows_groups),
		cmocka_unit_test(folds_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
