/* SPDX-License-Identifier: BSD-2-Clause */
/* settings.c - what the environment says, and what is said of it. */
#include "scenario.h"

/* The threads of this process. */
static int threads(void)
{
	char line[128];
	int n = 0;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "Threads: %d", &n) == 1)
			break;
	CHECK(f && fclose(f) == 0);
	return n;
}

/* One more looks after those that run goroutines. */
static void runs_on_three(void *arg)
{
	(void)arg;
	while (threads() != 4)
		seam_sleep(SEAM_MS);
}

static void runs(void *arg)
{
	(void)arg;
}

/* What is said where SETTING holds. */
static const char *said(const char *setting)
{
	static char words[65536];
	struct ending end = run_with(setting, runs);
	assert_int_equal(end.status, 0);
	return strcpy(words, end.said);
}

static void test_understood(void **state)
{
	(void)state;
	struct ending end = run_with("SEAM_MAXPROCS=3", runs_on_three);
	assert_int_equal(end.status, 0);
	assert_string_equal(end.said, "");
	assert_string_equal(said("SEAM_MAXPROCS=1"), "");
	assert_string_equal(said("SEAM_MAXPROCS=256"), "");
	assert_string_equal(said("SEAM_MAXPROCS="), "");
	assert_string_equal(said("SEAM_TRACEBACK="), "");
	assert_string_equal(said("SEAM_TRACEBACK=continue,crash"), "");
	assert_string_equal(said("SEAM_TRACEBACK=crash,"), "");
	assert_string_equal(said("SEAM_DEBUG=split,poison,look,stay"), "");
	assert_string_equal(said("SEAM_DEBUG=starve,refuse=1000000000"), "");
}

static void test_numbers(void **state)
{
	static const char *const wrong[] = {
		"0", "-1", "abc", "2x", "257", "99999999999999999999"
	};
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char setting[64], begins[128];
		snprintf(setting, sizeof(setting), "SEAM_MAXPROCS=%s",
			 wrong[i]);
		snprintf(begins, sizeof(begins),
			 "seam: SEAM_MAXPROCS: \"%s\" is no number from 1 to "
			 "256: taken for ",
			 wrong[i]);
		assert_int_equal(strncmp(said(setting), begins, strlen(begins)),
				 0);
	}
	assert_non_null(strstr(said("SEAM_MAXPROCS=257"), "taken for 256\n"));
	assert_non_null(strstr(said("SEAM_MAXPROCS=\n2\x1b[31m"),
			       ": \"?2?[31m\" is no "));
}

static void test_words(void **state)
{
	(void)state;
	assert_string_equal(said("SEAM_TRACEBACK=crash,cotninue"),
			    "seam: SEAM_TRACEBACK: \"cotninue\" is none of "
			    "crash continue\n");
	assert_string_equal(said("SEAM_TRACEBACK=cras"),
			    "seam: SEAM_TRACEBACK: \"cras\" is none of "
			    "crash continue\n");
	assert_string_equal(said("SEAM_TRACEBACK=rash,a=b"),
			    "seam: SEAM_TRACEBACK: \"rash\" is none of "
			    "crash continue\n"
			    "seam: SEAM_TRACEBACK: \"a=b\" is none of "
			    "crash continue\n");
	static const char *const wrong[] = { "split=3",	 "refuse",
					     "refuse=",	 "refuse=abc",
					     "refuse=0", "refuse=3x" };
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char setting[64], line[128];
		snprintf(setting, sizeof(setting), "SEAM_DEBUG=look,%s,stay",
			 wrong[i]);
		snprintf(line, sizeof(line),
			 "seam: SEAM_DEBUG: \"%s\" is none of split poison "
			 "look stay starve refuse=N\n",
			 wrong[i]);
		assert_string_equal(said(setting), line);
	}
	assert_string_equal(said("SEAM_DEBUG=a word longer than any that there "
				 "is"),
			    "seam: SEAM_DEBUG: \"a word longer than any that "
			    "the\" is none of "
			    "split poison look stay starve refuse=N\n");
}

static void deadlocks(void *arg)
{
	seam_recv(seam_chan_make(1, 0), arg, SEAM_FOREVER);
}

/* What is told of is not heeded. */
static void test_heeded(void **state)
{
	(void)state;
	struct ending end = run_with("SEAM_TRACEBACK=x,crash", deadlocks);
	assert_true(WIFSIGNALED(end.status));
	end = run_with("SEAM_TRACEBACK=crash=0,crashes", deadlocks);
	assert_true(WIFEXITED(end.status));
	assert_int_equal(WEXITSTATUS(end.status), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_understood),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_heeded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
