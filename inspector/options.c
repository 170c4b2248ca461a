/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "util/array.h"
#include "util/scope.h"
#include "util/text.h"

/* What getopt_long() returns for a long option: its number behind these. */
enum { LongOption = 256 };

static void make_getopt(struct option longs[OPTION_NUMBER + 1],
			char shorts[2 * OPTION_NUMBER + 2])
{
	*shorts++ = ':';
	for (size_t i = 0; i < OPTION_NUMBER; i++) {
		const struct option_words *o = &option_words[i];

		longs[i] = (struct option){
			.name = o->word,
			.has_arg = o->value ? required_argument : no_argument,
			.val = LongOption + i,
		};
		if (o->letter)
			*shorts++ = o->letter;
		if (o->letter && o->value)
			*shorts++ = ':';
	}
	longs[OPTION_NUMBER] = (struct option){ 0 };
	*shorts = '\0';
}

/* The option that getopt_long() means by C. */
static enum option_number option_of(int c)
{
	size_t i = 0;

	if (c >= LongOption)
		return c - LongOption;
	while (option_words[i].letter != c)
		i++;
	return i;
}

/* A number of 1 or more, which is WHAT. */
static struct error *parse_number(const char *text, const char *what, int *ret)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end || errno || n <= 0 || n > INT_MAX)
		return error_new("'%s' is not a %s", text, what);
	*ret = n;
	return NULL;
}

static struct error *parse_command(const char *text, enum command *ret)
{
	for (size_t i = 0; i < COMMAND_TYPED; i++) {
		if (strcmp(command_words[i].word, text) != 0)
			continue;
		*ret = i;
		return NULL;
	}
	return error_new("'%s' is not a command", text);
}

/* Which of an option's values WORD is. */
static struct error *parse_value(const struct option_words *option,
				 const char *word, unsigned *ret)
{
	SCOPE(memory) char *all = NULL;
	unsigned i;

	for (i = 0; option->values[i]; i++)
		if (strcmp(option->values[i], word) == 0) {
			*ret = i;
			return NULL;
		}
	all = text_join(option->values, i, ", ");
	return error_new("--%s %s: it is one of %s", option->word, word, all);
}

/* NAME: -p or --pid, as it was typed. */
static struct error *parse_target(const char *name, struct options *o)
{
	if (o->pid)
		return error_new("%s %s: the target is process %d already",
				 name, optarg, o->pid);
	return parse_number(optarg, "process id", &o->pid);
}

/* WORD is the last one that was looked at. A short option that is none may
 * stand in the middle of it, and is in optopt; a long one that takes no value
 * and got one is there by its code. */
static struct error *no_such_option(const char *word)
{
	if (optopt >= LongOption)
		return error_new("option '%.*s' takes no value",
				 (int)strcspn(word, "="), word);
	if (optopt)
		return error_new("there is no option '-%c'", optopt);
	return error_new("there is no option '%s'", word);
}

/* An option by itself, which getopt_long() calls C. */
static struct error *parse_option(int c, struct options *o)
{
	enum option_number option = option_of(c);

	o->given[option] = true;
	switch (option) {
	case OPTION_PID:
		return parse_target(c >= LongOption ? "--pid" : "-p", o);
	case OPTION_BY:
		return parse_value(&option_words[option], optarg, &o->by);
	case OPTION_FRAMES:
		return parse_number(optarg, "number of frames", &o->frames);
	case OPTION_RUNTIME:
		o->runtime = optarg;
		return NULL;
	case OPTION_COMPLETION:
		o->command = COMMAND_COMPLETION;
		return parse_value(&option_words[option], optarg, &o->shell);
	case OPTION_HELP:
		o->command = COMMAND_HELP;
		return NULL;
	case OPTION_VERSION:
		o->command = COMMAND_VERSION;
		return NULL;
	default:
		return NULL;
	}
}

/* The option that stands without its value. */
static struct error *lacks_value(void)
{
	if (optopt < LongOption)
		return error_new("option '-%c' needs a value", optopt);
	return error_new("option '--%s' needs a value",
			 option_words[optopt - LongOption].word);
}

/* Whether an option was met that makes the rest meaningless. */
static bool is_done(const struct options *o)
{
	return o->given[OPTION_HELP] || o->given[OPTION_VERSION]
	       || o->given[OPTION_COMPLETION];
}

static struct error *parse_options(int argc, char **argv, struct options *o)
{
	struct option longs[OPTION_NUMBER + 1];
	char shorts[2 * OPTION_NUMBER + 2];
	struct error *e = NULL;

	make_getopt(longs, shorts);
	opterr = 0;
	while (!e && !is_done(o)) {
		int c = getopt_long(argc, argv, shorts, longs, NULL);

		if (c < 0)
			break;
		if (c == '?')
			return no_such_option(argv[optind - 1]);
		if (c == ':')
			return lacks_value();
		e = parse_option(c, o);
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

/* A filter without tests, as of a shell's variable in which there is none. */
static bool is_blank(const char *word)
{
	return word[strspn(word, " \t\n")] == '\0';
}

/* A filter has an operator, which files rarely have in their names, and does
 * not begin as those that are written with a folder do. */
static bool looks_like_filter(const char *word)
{
	return is_blank(word)
	       || (*word != '/' && *word != '.' && strpbrk(word, "=<>~!&|("));
}

static struct error *parse_filter(const char *word, struct options *o)
{
	if (command_words[o->command].operands != OPERANDS_GOROUTINES)
		return error_new("a filter does not go with %s",
				 command_words[o->command].word);
	if (is_blank(word))
		return NULL;
	if (o->filter)
		return error_new("'%s' is one filter too many: join them "
				 "with &&",
				 word);
	o->filter = word;
	return NULL;
}

/* Without 0x the first word is one that has only its digits, and is no file. */
static bool looks_like_address(const char *word, const struct options *o)
{
	if (strncmp(word, "0x", 2) == 0)
		return true;
	return !o->addressed && *word
	       && word[strspn(word, "0123456789abcdefABCDEF")] == '\0'
	       && access(word, F_OK) != 0;
}

/* A word behind the command: an id, the core, the executable, a filter. */
static struct error *parse_word(const char *word, struct options *o)
{
	if (command_words[o->command].operands == OPERANDS_ADDRESS
	    && looks_like_address(word, o))
		return parse_address(word, o);
	if (ids_looks_like(word))
		return ids_parse(&o->ids, word);
	if ((o->pid || o->core) && looks_like_filter(word))
		return parse_filter(word, o);
	if (o->pid)
		return error_new("'%s' is no goroutine id and no filter, and "
				 "the target is "
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

/* The commands that OPTION goes with; the caller frees it. */
static char *commands_of(enum option_number option)
{
	const char *words[COMMAND_TYPED];
	size_t n = 0;

	for (size_t i = 0; i < COMMAND_TYPED; i++)
		if (option_words[option].commands >> i & 1)
			words[n++] = command_words[i].word;
	return text_join(words, n, ", ");
}

/* Whether each option goes with the command. */
static struct error *check_options(const struct options *o)
{
	for (size_t i = 0; i < OPTION_NUMBER; i++) {
		SCOPE(memory) char *words = NULL;

		if (!o->given[i] || option_words[i].commands >> o->command & 1)
			continue;
		words = commands_of(i);
		return error_new("--%s goes with %s", option_words[i].word,
				 words);
	}
	if (o->given[OPTION_FOLDED] && o->by != BY_STACK)
		return error_new("--folded goes with groups by stack, not by "
				 "%s",
				 by_words[o->by]);
	if (o->frames && o->by != BY_STACK)
		return error_new("--frames goes with groups by stack, not by "
				 "%s",
				 by_words[o->by]);
	if (o->frames
	    && (o->given[OPTION_FOLDED] || o->given[OPTION_DOT]
		|| o->given[OPTION_JSON]))
		return error_new("--frames goes with text alone");
	if (o->given[OPTION_JSON]
	    && (o->given[OPTION_FOLDED] || o->given[OPTION_DOT]))
		return error_new("--json goes without %s",
				 o->given[OPTION_DOT] ? "--dot" : "--folded");
	if (o->given[OPTION_BYTES]
	    && (!o->given[OPTION_JSON]
		|| (!o->given[OPTION_ARGS] && !o->given[OPTION_LOCALS])))
		return error_new("--bytes goes with --json, and --args or "
				 "--locals");
	if (o->given[OPTION_TIME] && !o->pid)
		return error_new("--time goes with -p: a core is not stopped");
	if (o->given[OPTION_HELD] && !o->pid)
		return error_new("--held goes with -p: nobody holds a core");
	if (o->given[OPTION_HELD] && o->given[OPTION_TIME])
		return error_new("--held goes without --time: it is not seam "
				 "that stops the process");
	return NULL;
}

static struct error *check(const struct options *o)
{
	enum operands operands = command_words[o->command].operands;

	if (!o->pid && !o->core && o->ids.n)
		return error_new(
			"no target: a number is a goroutine's; -p PID, "
			"or CORE [EXE]");
	if (!o->pid && !o->core)
		return error_new("no target: -p PID, or CORE [EXE]");
	if (operands == OPERANDS_ADDRESS && !o->addressed)
		return error_new("whatis needs an address, 0x...");
	if (operands != OPERANDS_GOROUTINES && o->ids.n)
		return error_new("goroutines' ids do not go with %s",
				 command_words[o->command].word);
	return check_options(o);
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
	struct options o = { 0 };
	struct error *e;

	optind = 0;
	e = parse_options(argc, argv, &o);
	if (!e && !is_done(&o))
		e = parse_words(argc, argv, &o);
	if (e)
		ids_free(&o.ids);
	else
		*ret = o;
	return e;
}
