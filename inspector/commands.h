/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands.h - what may be typed: the commands, the options, and which go with
 * which. options.c reads words by it, --help and the shells' completions are
 * written from it. What a command does is in answers.h.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdint.h>
#include <stdio.h>

enum command {
	COMMAND_LIST,
	COMMAND_STACKS,
	COMMAND_GROUPS,
	COMMAND_SEGMENTS,
	COMMAND_WAITS,
	COMMAND_CHANNELS,
	COMMAND_MUTEXES,
	COMMAND_FDS,
	COMMAND_TIMERS,
	COMMAND_WHATIS,
	COMMAND_CHECK,
	COMMAND_THREADS,
	COMMAND_TYPED, /* so many can be typed; the rest come of options */
	COMMAND_HELP = COMMAND_TYPED,
	COMMAND_VERSION,
	COMMAND_COMPLETION,
};

/* What may follow the target. */
enum operands {
	OPERANDS_NONE,
	OPERANDS_GOROUTINES, /* ids, and a filter */
	OPERANDS_ADDRESS,    /* one, and it must */
};

struct command_words {
	const char *word;
	const char *help; /* in a line of --help */
	enum operands operands;
};

enum option_number {
	OPTION_PID,
	OPTION_BY,
	OPTION_FOLDED,
	OPTION_DOT,
	OPTION_JSON,
	OPTION_FRAMES,
	OPTION_RAW,
	OPTION_THREADS,
	OPTION_REGISTERS,
	OPTION_ARGS,
	OPTION_LOCALS,
	OPTION_BYTES,
	OPTION_TIME,
	OPTION_HELD,
	OPTION_RUNTIME,
	OPTION_COMPLETION,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_NUMBER,
};

struct option_words {
	const char *word;	   /* behind -- */
	char letter;		   /* behind -; or 0 */
	const char *value;	   /* what stands for it in help; or NULL */
	const char *const *values; /* all that it can be; or NULL */
	const char *help;	   /* \n between its lines in --help */
	uint32_t commands;	   /* bit COMMAND_...: it goes with that */
};

extern const struct command_words command_words[COMMAND_TYPED];
extern const struct option_words option_words[OPTION_NUMBER];

/* What goroutines of a group have in common. */
enum by {
	BY_STACK,
	BY_TOP,
	BY_FUNCTION,
	BY_CREATOR,
	BY_STATE,
	BY_REASON,
	BY_NAME,
	BY_THREAD,
	BY_NUMBER,
};

/* How each is typed; NULL ends them. */
extern const char *const by_words[BY_NUMBER + 1];

enum shell { SHELL_BASH, SHELL_ZSH, SHELL_FISH, SHELL_NUMBER };

extern const char *const shell_words[SHELL_NUMBER + 1];

/* What --help prints. */
void commands_help(FILE *out);

#endif
