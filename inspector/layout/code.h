/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * code.h - where functions lie, by the symbols of the files that a target
 * has mapped, not those of separate debug files.
 */
#ifndef LAYOUT_CODE_H
#define LAYOUT_CODE_H

#include "layout/program.h"

/* Some code, by address. Zeroed is empty. */
struct code_set {
	ARRAY(struct code {
		addr_t low;
		addr_t end;
	});
};

/* Add all functions whose names match one of the patterns in LIST, with blanks
 * between them; * stands for anything. */
void code_add(struct program *p, const char *list, struct code_set *ret);

/* After any are put in. */
void code_sort(struct code_set *f);

/* Whether AT lies in one of them. */
bool code_has(const struct code_set *f, addr_t at);

/* Take the first file that has a symbol NAME for the executable. False: none
 * has. */
bool code_choose(struct program *p, const char *name);

#endif
