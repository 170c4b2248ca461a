/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

const char options_help[] =
	"usage: seam COMMAND [OPTION...] TARGET [ID...]\n"
	"\n"
	"Show the goroutines of a process or a core. COMMANDs:\n"
	"\n"
	"  list        one line for each: state, what it waits for, where\n"
	"  stacks      the whole stack of each\n"
	"  groups      what many have in common: their stacks, or see --by\n"
	"  segments    the segments that each stack is made of\n"
	"  waits       who waits for whom, and who for good\n"
	"  channels    the channels that are waited for, and who waits\n"
	"  mutexes     the same of mutexes, rwlocks, conditions, waitgroups\n"
	"  fds         the descriptors that the runtime knows, and who waits\n"
	"  timers      the deadlines, the next one first\n"
	"  whatis      what lies at the address behind TARGET (0x...)\n"
	"  check       whether the runtime's own data is in order\n"
	"  threads     what each thread runs, and its system call\n"
	"\n"
	"TARGET is a process or a core, and the core's executable if the one\n"
	"that it names is not there. IDs are numbers or ranges (3 5-7); all\n"
	"goroutines if there is none.\n"
	"\n"
	"  -p, --pid=PID     the process PID, stopped only while it is read\n"
	"  CORE [EXE]        a core file\n"
	"\n"
	"      --by=KEY      groups: by stack, top, function, creator, state,\n"
	"                    reason, name or thread\n"
	"      --folded      groups: one line for each, for flame graphs\n"
	"      --dot         waits: as a graph, for graphviz\n"
	"  -n, --frames=N    stacks, groups, waits: so many frames of a stack\n"
	"      --raw         stacks: every frame, and its pc\n"
	"      --threads     stacks: the threads too\n"
	"      --time        say how long the process was stopped\n"
	"  -h, --help        print this and exit\n"
	"      --version     print the version and exit\n"
	"\n"
	"Exit status: 0 all is told, 1 part of it (damage, or a core cut off;\n"
	"stderr says what), 2 no answer, 64 wrong usage.\n";

const char *const options_by[BY_NUMBER] = {
	[BY_STACK] = "stack",	    [BY_TOP] = "top",
	[BY_FUNCTION] = "function", [BY_CREATOR] = "creator",
	[BY_STATE] = "state",	    [BY_REASON] = "reason",
	[BY_NAME] = "name",	    [BY_THREAD] = "thread",
};

enum {
	OPT_RAW = 256,
	OPT_THREADS,
	OPT_TIME,
	OPT_VERSION,
	OPT_BY,
	OPT_FOLDED,
	OPT_DOT
};

static const struct option long_options[] = {
	{ "pid", required_argument, NULL, 'p' },
	{ "frames", required_argument, NULL, 'n' },
	{ "by", required_argument, NULL, OPT_BY },
	{ "folded", no_argument, NULL, OPT_FOLDED },
	{ "dot", no_argument, NULL, OPT_DOT },
	{ "raw", no_argument, NULL, OPT_RAW },
	{ "threads", no_argument, NULL, OPT_THREADS },
	{ "time", no_argument, NULL, OPT_TIME },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* A number of 1 or more. */
static bool parse_number(const char *text, int *ret)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end || errno || n <= 0 || n > INT_MAX)
		return false;
	*ret = n;
	return true;
}

static struct error *parse_pid(const char *text, int *ret)
{
	return parse_number(text, ret)
		       ? NULL
		       : error_new("'%s' is not a process id", text);
}

static struct error *parse_frames(const char *text, int *ret)
{
	return parse_number(text, ret)
		       ? NULL
		       : error_new("'%s' is not a number of frames", text);
}

/* Those that are typed, and whether goroutines' ids may follow. */
static const struct {
	const char *word;
	bool ids;
} commands[COMMAND_NUMBER] = {
	[COMMAND_LIST] = { "list", true },
	[COMMAND_STACKS] = { "stacks", true },
	[COMMAND_SEGMENTS] = { "segments", true },
	[COMMAND_GROUPS] = { "groups", true },
	[COMMAND_CHANNELS] = { "channels", false },
	[COMMAND_MUTEXES] = { "mutexes", false },
	[COMMAND_FDS] = { "fds", false },
	[COMMAND_WAITS] = { "waits", false },
	[COMMAND_TIMERS] = { "timers", false },
	[COMMAND_THREADS] = { "threads", false },
	[COMMAND_CHECK] = { "check", false },
	[COMMAND_WHATIS] = { "whatis", false },
};

static struct error *parse_command(const char *text, enum command *ret)
{
	for (size_t i = 0; i < COMMAND_NUMBER; i++) {
		if (!commands[i].word || strcmp(commands[i].word, text) != 0)
			continue;
		*ret = i;
		return NULL;
	}
	return error_new("'%s' is not a command", text);
}

static struct error *parse_by(const char *word, struct options *o)
{
	o->grouped = true;
	for (o->by = 0; o->by < BY_NUMBER; o->by++)
		if (strcmp(options_by[o->by], word) == 0)
			return NULL;
	return error_new("--by %s: goroutines are grouped by stack, top, "
			 "function, creator, state, reason, name or thread",
			 word);
}

/* NAME: -p or --pid, as it was typed. */
static struct error *parse_target(const char *name, struct options *o)
{
	if (o->pid)
		return error_new("%s %s: the target is process %d already",
				 name, optarg, o->pid);
	return parse_pid(optarg, &o->pid);
}

static bool is_long(const char *word)
{
	return strncmp(word, "--", 2) == 0;
}

/* WORD is the last one that was looked at. A short option that is none may
 * stand in the middle of it, and is in optopt; a long one that takes no value
 * and got one is there by its code. */
static struct error *no_such_option(const char *word)
{
	if (optopt > UCHAR_MAX || (optopt == 'h' && is_long(word)))
		return error_new("option '%.*s' takes no value",
				 (int)strcspn(word, "="), word);
	if (optopt)
		return error_new("there is no option '-%c'", optopt);
	return error_new("there is no option '%s'", word);
}

/* An option by itself; *DONE if it makes the rest meaningless. PID_NAME: how -p
 * is typed, if it is that one. */
static struct error *parse_option(int c, const char *pid_name,
				  struct options *o, bool *done)
{
	switch (c) {
	case 'p':
		return parse_target(pid_name, o);
	case 'n':
		return parse_frames(optarg, &o->frames);
	case OPT_BY:
		return parse_by(optarg, o);
	case OPT_FOLDED:
		o->folded = true;
		return NULL;
	case OPT_DOT:
		o->dot = true;
		return NULL;
	case OPT_RAW:
		o->raw = true;
		return NULL;
	case OPT_THREADS:
		o->threads = true;
		return NULL;
	case OPT_TIME:
		o->time = true;
		return NULL;
	case 'h':
	case OPT_VERSION:
		o->command = c == 'h' ? COMMAND_HELP : COMMAND_VERSION;
		*done = true;
		return NULL;
	default:
		return NULL;
	}
}

/* The option that stands without its value at the end of WORD. */
static const char *needing_value(const char *word)
{
	if (optopt == OPT_BY)
		return "--by";
	if (optopt == 'n')
		return is_long(word) ? "--frames" : "-n";
	return is_long(word) ? "--pid" : "-p";
}

static struct error *parse_options(int argc, char **argv, struct options *o,
				   bool *done)
{
	struct error *e = NULL;

	opterr = 0;
	while (!e && !*done) {
		int which = -1;
		int c = getopt_long(argc, argv, ":p:n:h", long_options, &which);
		const char *word = argv[optind - 1];

		if (c < 0)
			break;
		if (c == '?')
			return no_such_option(word);
		if (c == ':')
			return error_new("option '%s' needs a value",
					 needing_value(word));
		e = parse_option(c, which < 0 ? "-p" : "--pid", o, done);
	}
	return e;
}

/* What is looked at by whatis. */
static struct error *parse_address(const char *word, struct options *o)
{
	char *end;

	errno = 0;
	o->address = addr(strtoull(word, &end, 16));
	if (o->addressed || errno || *end)
		return error_new("'%s' is not the one address to look at",
				 word);
	o->addressed = true;
	return NULL;
}

/* A word behind the command: an id, the core, the executable. */
static struct error *parse_word(const char *word, struct options *o)
{
	if (o->command == COMMAND_WHATIS && strncmp(word, "0x", 2) == 0)
		return parse_address(word, o);
	if (ids_looks_like(word))
		return ids_parse(&o->ids, word);
	if (o->pid)
		return error_new("'%s' is no goroutine id, and the target is "
				 "process %d already",
				 word, o->pid);
	if (o->exe)
		return error_new("'%s' is one file too many: a core and its "
				 "executable",
				 word);
	if (o->core)
		o->exe = word;
	else
		o->core = word;
	return NULL;
}

static bool shows_stacks(const struct options *o)
{
	return o->command == COMMAND_STACKS || o->command == COMMAND_WAITS
	       || (o->command == COMMAND_GROUPS && o->by == BY_STACK);
}

static struct error *check(const struct options *o)
{
	if (!o->pid && !o->core && o->ids.n)
		return error_new(
			"no target: a number is a goroutine's; -p PID, "
			"or CORE [EXE]");
	if (!o->pid && !o->core)
		return error_new("no target: -p PID, or CORE [EXE]");
	if (o->command != COMMAND_STACKS && (o->raw || o->threads))
		return error_new("%s goes with stacks",
				 o->raw ? "--raw" : "--threads");
	if (o->command != COMMAND_GROUPS && (o->grouped || o->folded))
		return error_new("%s goes with groups",
				 o->grouped ? "--by" : "--folded");
	if (o->frames && (!shows_stacks(o) || o->folded || o->dot))
		return error_new("-n goes with stacks, groups by stack and "
				 "waits, as text");
	if (o->folded && o->by != BY_STACK)
		return error_new("--folded goes with groups by stack, not by "
				 "%s",
				 options_by[o->by]);
	if (o->command == COMMAND_WHATIS && !o->addressed)
		return error_new("whatis needs an address, 0x...");
	if (o->dot && o->command != COMMAND_WAITS)
		return error_new("--dot goes with waits");
	if (o->ids.n && !commands[o->command].ids)
		return error_new("goroutines' ids do not go with %s",
				 commands[o->command].word);
	if (o->time && !o->pid)
		return error_new("--time goes with -p: a core is not stopped");
	return NULL;
}

static struct error *parse_words(int argc, char **argv, struct options *o)
{
	struct error *e;

	if (optind == argc)
		return error_new("no command");
	e = parse_command(argv[optind++], &o->command);
	while (!e && optind < argc)
		e = parse_word(argv[optind++], o);
	return e ? e : check(o);
}

struct error *options_parse(int argc, char **argv, struct options *ret)
{
	struct options o = { .command = COMMAND_HELP };
	bool done = false;
	struct error *e;

	optind = 0;
	e = parse_options(argc, argv, &o, &done);
	if (!e && !done)
		e = parse_words(argc, argv, &o);
	if (e)
		ids_free(&o.ids);
	else
		*ret = o;
	return e;
}
