/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * visited.h - which instructions of asm/ have been stepped on, over several
 * runs of one program. Addresses are the program file's.
 */
#ifndef VISITED_H
#define VISITED_H

#include "process.h"

/* Note that P stands at PC, in asm/. True: for the first time in this run. */
bool visit(const struct process *p, uint64_t pc);

/* Another run begins. */
void visited_new_run(void);

/*
 * Print how many instructions there are in P's asm/, and each that was not
 * visited. Return how many those are.
 */
int visited_report(struct process *p, const char *program);

#endif
