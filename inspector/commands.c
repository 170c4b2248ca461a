/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "commands.h"

#define WITH(command) (UINT32_C(1) << (command))

enum { WITH_ALL = WITH(COMMAND_TYPED) - 1 };

const struct command_words command_words[COMMAND_TYPED] = {
	[COMMAND_LIST] = { "list",
			   "one line for each: state, what it waits for, where",
			   OPERANDS_GOROUTINES },
	[COMMAND_STACKS] = { "stacks", "the whole stack of each",
			     OPERANDS_GOROUTINES },
	[COMMAND_GROUPS] = { "groups",
			     "what many have in common: their stacks, or see "
			     "--by",
			     OPERANDS_GOROUTINES },
	[COMMAND_SEGMENTS] = { "segments",
			       "the segments that each stack is made of",
			       OPERANDS_GOROUTINES },
	[COMMAND_WAITS] = { "waits", "who waits for whom, and who for good",
			    OPERANDS_NONE },
	[COMMAND_CHANNELS] = { "channels",
			       "the channels that are waited for, and who "
			       "waits",
			       OPERANDS_NONE },
	[COMMAND_MUTEXES] = { "mutexes",
			      "the same of mutexes, rwlocks, conditions, "
			      "waitgroups",
			      OPERANDS_NONE },
	[COMMAND_FDS] = { "fds",
			  "the descriptors that the runtime knows, and who "
			  "waits",
			  OPERANDS_NONE },
	[COMMAND_TIMERS] = { "timers", "the deadlines, the next one first",
			     OPERANDS_NONE },
	[COMMAND_WHATIS] = { "whatis",
			     "what lies at the address behind TARGET (0x...)",
			     OPERANDS_ADDRESS },
	[COMMAND_CHECK] = { "check",
			    "whether the runtime's own data is in order",
			    OPERANDS_NONE },
	[COMMAND_THREADS] = { "threads",
			      "what each thread runs, and its system call",
			      OPERANDS_NONE },
};

const char *const by_words[BY_NUMBER + 1] = {
	[BY_STACK] = "stack",	    [BY_TOP] = "top",
	[BY_FUNCTION] = "function", [BY_CREATOR] = "creator",
	[BY_STATE] = "state",	    [BY_REASON] = "reason",
	[BY_NAME] = "name",	    [BY_THREAD] = "thread",
};

const char *const shell_words[SHELL_NUMBER + 1] = {
	[SHELL_BASH] = "bash",
	[SHELL_ZSH] = "zsh",
	[SHELL_FISH] = "fish",
};

const struct option_words option_words[OPTION_NUMBER] = {
	[OPTION_PID] = { "pid", 'p', "PID", NULL,
			 "the process PID, stopped only while it is read",
			 WITH_ALL },
	[OPTION_BY] = { "by", 0, "KEY", by_words,
			"by stack, top, function, creator, state,\n"
			"reason, name or thread",
			WITH(COMMAND_GROUPS) },
	[OPTION_FOLDED] = { "folded", 0, NULL, NULL,
			    "one line for each, for flame graphs",
			    WITH(COMMAND_GROUPS) },
	[OPTION_DOT] = { "dot", 0, NULL, NULL, "as a graph, for graphviz",
			 WITH(COMMAND_WAITS) },
	[OPTION_JSON] = { "json", 0, NULL, NULL,
			  "for programs, as seam.schema.json says", WITH_ALL },
	[OPTION_FRAMES] = { "frames", 'n', "N", NULL,
			    "stacks, groups, waits: so many frames of a stack",
			    WITH(COMMAND_STACKS) | WITH(COMMAND_GROUPS)
				    | WITH(COMMAND_WAITS) },
	[OPTION_RAW] = { "raw", 0, NULL, NULL, "every frame, and its pc",
			 WITH(COMMAND_STACKS) },
	[OPTION_THREADS] = { "threads", 0, NULL, NULL, "the threads too",
			     WITH(COMMAND_STACKS) },
	[OPTION_REGISTERS] = { "registers", 0, NULL, NULL,
			       "the registers of frame 0, as far as known",
			       WITH(COMMAND_STACKS) },
	[OPTION_ARGS] = { "args", 0, NULL, NULL,
			  "the arguments of each function",
			  WITH(COMMAND_STACKS) },
	[OPTION_LOCALS] = { "locals", 0, NULL, NULL,
			    "the local variables of each function",
			    WITH(COMMAND_STACKS) },
	[OPTION_BYTES] = { "bytes", 0, NULL, NULL,
			   "values as bytes, for programs that print them",
			   WITH(COMMAND_STACKS) },
	[OPTION_TIME] = { "time", 0, NULL, NULL,
			  "say how long the process was stopped", WITH_ALL },
	[OPTION_HELD] = { "held", 0, NULL, NULL,
			  "of a process that a debugger holds, which tells\n"
			  "its registers: seam(1)",
			  WITH_ALL },
	[OPTION_RUNTIME] = { "runtime", 0, "FILE", NULL,
			     "of a runtime that FILE describes: seam-rt(5)",
			     WITH_ALL },
	[OPTION_COMPLETION] = { "completion", 0, "SHELL", shell_words,
				"print what completes words in bash, zsh or\n"
				"fish, and exit",
				WITH_ALL },
	[OPTION_HELP] = { "help", 'h', NULL, NULL, "print this and exit",
			  WITH_ALL },
	[OPTION_VERSION] = { "version", 0, NULL, NULL,
			     "print the version and exit", WITH_ALL },
};

/* The columns at which the texts of --help begin. */
enum { CommandColumn = 14, OptionColumn = 26 };

/* The command that an option is about, if that is one: "stacks: ". */
static void help_command(FILE *out, const struct option_words *o)
{
	if (o->commands & (o->commands - 1))
		return;
	fprintf(out, "%s: ", command_words[__builtin_ctz(o->commands)].word);
}

static void help_option(FILE *out, const struct option_words *o)
{
	char letter[] = { '-', o->letter, ',', '\0' };
	int n = fprintf(out, "  %3s --%s%s%s", o->letter ? letter : "", o->word,
			o->value ? "=" : "", o->value ? o->value : "");
	const char *line = o->help;

	for (;;) {
		int length = strcspn(line, "\n");

		fprintf(out, "%*s", OptionColumn - n, "");
		if (line == o->help)
			help_command(out, o);
		fprintf(out, "%.*s\n", length, line);
		if (!line[length])
			return;
		line += length + 1;
		n = 0;
	}
}

void commands_help(FILE *out)
{
	fputs("usage: seam COMMAND [OPTION...] TARGET [ID...] [FILTER]\n"
	      "\n"
	      "Show the goroutines of a process or a core. COMMANDs:\n"
	      "\n",
	      out);
	for (size_t i = 0; i < COMMAND_TYPED; i++)
		fprintf(out, "  %-*s%s\n", CommandColumn - 2,
			command_words[i].word, command_words[i].help);
	fputs("\n"
	      "TARGET is a process (-p) or a core, CORE [EXE], with its\n"
	      "executable if the one that it names is not there. IDs are\n"
	      "numbers or ranges (3 5-7); all goroutines if there is none.\n"
	      "FILTER tells which are wanted, one word for the shell:\n"
	      "'state == waiting && waited > 5s && in(\"parse_*\")'\n"
	      "\n",
	      out);
	for (size_t i = 0; i < OPTION_NUMBER; i++)
		help_option(out, &option_words[i]);
	fputs("\n"
	      "Exit status: 0 all is told, 1 part of it (damage, or a core cut "
	      "off;\n"
	      "stderr says what), 2 no answer, 64 wrong usage.\n",
	      out);
}
