/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h - what was typed.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "util/addr.h"
#include "util/error.h"
#include "util/ids.h"

/* The exit status; also in the text of --help and in seam(1). */
enum {
	EXIT_WELL = 0,
	EXIT_PARTIAL = 1,
	EXIT_NO_ANSWER = 2,
	EXIT_MISUSE = 64,
};

enum command {
	COMMAND_HELP,
	COMMAND_VERSION,
	COMMAND_LIST,
	COMMAND_STACKS,
	COMMAND_SEGMENTS,
	COMMAND_GROUPS,
	COMMAND_CHANNELS,
	COMMAND_MUTEXES,
	COMMAND_FDS,
	COMMAND_WAITS,
	COMMAND_TIMERS,
	COMMAND_THREADS,
	COMMAND_CHECK,
	COMMAND_WHATIS,
	COMMAND_NUMBER,
};

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

struct options {
	enum command command;
	int pid;	  /* or 0: CORE */
	const char *core; /* or NULL: PID */
	const char *exe;  /* NULL: the one that the core names */
	struct ids ids;	  /* empty: all goroutines */
	enum by by;
	addr_t address; /* of whatis */
	bool addressed; /* it was typed */
	bool grouped;	/* BY was typed */
	bool folded;
	bool dot;
	int frames; /* so many of each stack; 0: all */
	bool raw;
	bool threads;
	bool time;
};

extern const char options_help[];

/* How each is typed. */
extern const char *const options_by[BY_NUMBER];

/* An error is the user's mistake. The strings stay those of ARGV; the ids are
 * the caller's to free. */
struct error *options_parse(int argc, char **argv, struct options *ret);

#endif
