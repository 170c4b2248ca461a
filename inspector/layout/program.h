/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program.h - the executable and the libraries of a target, where it has them
 * mapped, for libdwfl: debug information, unwind tables, symbols. Separate
 * debug files are found as libdwfl finds them (build-id, .gnu_debuglink, and
 * debuginfod only if DEBUGINFOD_URLS is set).
 */
#ifndef LAYOUT_PROGRAM_H
#define LAYOUT_PROGRAM_H

#include <elfutils/libdwfl.h>

#include "target/target.h"

struct program {
	Dwfl *dwfl;
	Dwfl_Module *exe;
	const char *path; /* of the executable; the target's or libdwfl's */
	struct {
		ARRAY(char *);
	} troubles; /* libraries that could not be used, in words */
};

struct error *program_open(struct target *t, struct program **ret);
/* The target maps other code than before. After an error only program_close()
 * is left. */
struct error *program_renew(struct program *p, struct target *t);
void program_close(struct program *p);

static inline void program_scope(struct program **p)
{
	if (*p)
		program_close(*p);
}

/* Where the executable has no section NAME, take the library that has one for
 * it: a program that was started as `ld-linux-x86-64.so.2 PROGRAM` is one. */
void program_choose(struct program *p, const char *name);

/* What the executable says that its debug file is called; NULL: nothing. */
const char *program_debug_file(const struct program *p);

/* Whether the executable's debug information is compressed. */
bool program_compressed(const struct program *p);

/* The section NAME of the executable, as it is mapped. False: none. */
bool program_section(struct program *p, const char *name, addr_t *low,
		     addr_t *end);

/* The executable's symbol NAME, local or not. False: none. */
bool program_symbol(struct program *p, const char *name, addr_t *low,
		    addr_t *end);

#endif
