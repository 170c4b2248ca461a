/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be typed. */
#include <string.h>

#include "options.h"
#include "test.h"

enum { MaxArgs = 16 };

/* LINE, cut up at its blanks. It must live as long as the options. */
static struct error *parse(char *line, struct options *ret)
{
	char *argv[MaxArgs + 1] = { (char *)"seam" };
	int argc = 1;

	for (char *word = strtok(line, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return options_parse(argc, argv, ret);
}

static void accepts_a_core(void **state)
{
	char line[] = "stacks ./3 prog 3 7-9 --raw -n 20";
	struct options o;

	(void)state;
	assert_null(parse(line, &o));
	assert_int_equal(o.command, COMMAND_STACKS);
	assert_string_equal(o.core, "./3");
	assert_string_equal(o.exe, "prog");
	assert_int_equal(o.ids.n, 2);
	assert_true(o.given[OPTION_RAW]);
	assert_int_equal(o.frames, 20);
	ids_free(&o.ids);
}

static void accepts_a_process(void **state)
{
	char line[] = "--time list 3 -p 42";
	struct options o;

	(void)state;
	assert_null(parse(line, &o));
	assert_int_equal(o.command, COMMAND_LIST);
	assert_int_equal(o.pid, 42);
	assert_null(o.core);
	assert_int_equal(o.ids.n, 1);
	assert_true(o.given[OPTION_TIME]);
	ids_free(&o.ids);
}

static void accepts_a_held_process(void **state)
{
	char line[] = "list --held -p 42", core[] = "list --held core";
	char both[] = "list --held --time -p 42";
	struct options o;

	(void)state;
	assert_null(parse(line, &o));
	assert_true(o.given[OPTION_HELD]);
	ids_free(&o.ids);
	error_free(parse(core, &o));
	error_free(parse(both, &o));
}

static void accepts_keys_of_groups(void **state)
{
	char plain[] = "groups core --folded", by[] = "groups --by=reason core";
	char two[] = "--by thread groups -p 3";
	struct options o;

	(void)state;
	assert_null(parse(plain, &o));
	assert_int_equal(o.command, COMMAND_GROUPS);
	assert_int_equal(o.by, BY_STACK);
	assert_true(o.given[OPTION_FOLDED]);
	assert_null(parse(by, &o));
	assert_int_equal(o.by, BY_REASON);
	assert_null(parse(two, &o));
	assert_int_equal(o.by, BY_THREAD);
}

static void tells_filters_from_files(void **state)
{
	char core[] = "stacks core exe 3 state==waiting";
	char path[] = "list ./a=b /c(d", process[] = "list -p 3 !in(x)";
	struct options o;

	(void)state;
	assert_null(parse(core, &o));
	assert_string_equal(o.filter, "state==waiting");
	assert_string_equal(o.exe, "exe");
	assert_int_equal(o.ids.n, 1);
	ids_free(&o.ids);
	assert_null(parse(path, &o));
	assert_string_equal(o.core, "./a=b");
	assert_string_equal(o.exe, "/c(d");
	assert_null(o.filter);
	assert_null(parse(process, &o));
	assert_string_equal(o.filter, "!in(x)");
}

/* Of what a shell hands on for "$FILTER", too. */
static void empty_filters_keep_all(void **state)
{
	char *core[] = { (char *)"seam", (char *)"list", (char *)"core",
			 (char *)"",	 (char *)" \t",	 (char *)"id==3" };
	char *waits[] = { (char *)"seam", (char *)"waits", (char *)"core",
			  (char *)"" };
	struct options o;
	struct error *e;

	(void)state;
	assert_null(options_parse(5, core, &o));
	assert_string_equal(o.core, "core");
	assert_null(o.exe);
	assert_null(o.filter);
	assert_null(options_parse(6, core, &o));
	assert_string_equal(o.filter, "id==3");
	e = options_parse(4, waits, &o);
	assert_string_equal(e->text, "a filter does not go with waits");
	error_free(e);
}

static void help_and_version_need_nothing(void **state)
{
	char help[] = "list --help", version[] = "--version nonsense";
	char completion[] = "--completion fish";
	struct options o;

	(void)state;
	assert_null(parse(help, &o));
	assert_int_equal(o.command, COMMAND_HELP);
	assert_null(parse(completion, &o));
	assert_int_equal(o.command, COMMAND_COMPLETION);
	assert_int_equal(o.shell, SHELL_FISH);
	assert_null(parse(version, &o));
	assert_int_equal(o.command, COMMAND_VERSION);
}

static void refuse(const char *line, const char *words)
{
	char copy[128];
	struct options o;
	struct error *e;

	strcpy(copy, line);
	e = parse(copy, &o);
	assert_non_null(e);
	assert_non_null(strstr(e->text, words));
	error_free(e);
}

static void refuses_mistakes(void **state)
{
	(void)state;
	refuse("", "no command");
	refuse("lists core", "'lists' is not a command");
	refuse("list", "no target: -p PID");
	refuse("list 3", "no target: a number is a goroutine's; -p PID");
	refuse("list -p", "'-p' needs a value");
	refuse("list --pid", "'--pid' needs a value");
	refuse("list -p x", "'x' is not a process id");
	refuse("list -p 0", "'0' is not a process id");
	refuse("list -p 99999999999", "is not a process id");
	refuse("list -p 1 core", "process 1 already");
	refuse("list -p 1 -p 2", "-p 2: the target is process 1 already");
	refuse("list core exe more", "'more' is one file too many");
	refuse("list core 3-", "'3-' is not a list");
	refuse("list -p 1 --pid 2", "--pid 2: the target is process 1 already");
	refuse("list core --bogus", "no option '--bogus'");
	refuse("list -xp 3", "no option '-x'");
	refuse("list -p 3 -x", "no option '-x'");
	refuse("list -p 3 --t", "no option '--t'");
	refuse("list core --raw=3", "option '--raw' takes no value");
	refuse("list --help=3", "option '--help' takes no value");
	refuse("list core --raw", "--raw goes with stacks");
	refuse("list core -n 3", "--frames goes with stacks, groups, waits");
	refuse("groups core -n 3 --by=name", "--frames goes with groups by");
	refuse("groups core -n 3 --folded", "--frames goes with text alone");
	refuse("stacks core -n 3 --json", "--frames goes with text alone");
	refuse("stacks core --frames=0", "'0' is not a number of frames");
	refuse("stacks core --frames", "option '--frames' needs a value");
	refuse("stacks core -n", "option '-n' needs a value");
	refuse("segments core --threads", "--threads goes with stacks");
	refuse("groups core --by", "'--by' needs a value");
	refuse("groups core --by=x", "--by x: it is one of stack, top,");
	refuse("stacks core --by=top", "--by goes with groups");
	refuse("list core --folded", "--folded goes with groups");
	refuse("groups core --folded --by=name",
	       "--folded goes with groups by stack, not by name");
	refuse("waits core --json --dot", "--json goes without --dot");
	refuse("groups core --json --folded", "goes without --folded");
	refuse("--completion=csh", "it is one of bash, zsh, fish");
	refuse("list core --dot", "--dot goes with waits");
	refuse("whatis core", "whatis needs an address");
	refuse("whatis core 0x1 0x2", "'0x2' is not the one address");
	refuse("whatis core 0x1g", "'0x1g' is not the one address");
	refuse("channels core 3", "ids do not go with channels");
	refuse("waits core id==3", "a filter does not go with waits");
	refuse("list core id==3 id==4", "'id==4' is one filter too many");
	refuse("check core --time", "--time goes with -p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_a_core),
		cmocka_unit_test(accepts_a_process),
		cmocka_unit_test(accepts_a_held_process),
		cmocka_unit_test(accepts_keys_of_groups),
		cmocka_unit_test(tells_filters_from_files),
		cmocka_unit_test(empty_filters_keep_all),
		cmocka_unit_test(help_and_version_need_nothing),
		cmocka_unit_test(refuses_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
