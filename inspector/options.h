/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h - what was typed.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "commands.h"
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

struct options {
	enum command command;
	bool given[OPTION_NUMBER];
	int pid;	     /* or 0: CORE */
	const char *core;    /* or NULL: PID */
	const char *exe;     /* NULL: the one that the core names */
	struct ids ids;	     /* empty: all goroutines */
	const char *filter;  /* or NULL */
	const char *runtime; /* the file that describes it; or NULL */
	enum by by;
	int frames;	  /* so many of each stack; 0: all */
	enum shell shell; /* of --completion */
	addr_t address;	  /* of whatis */
	bool addressed;	  /* it was typed */
};

/* An error is the user's mistake. The strings stay those of ARGV; the ids are
 * the caller's to free. */
struct error *options_parse(int argc, char **argv, struct options *ret);

#endif
