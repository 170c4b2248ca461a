/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traps.h - makes the process stop wherever it enters asm/, so that nothing
 * else need be stepped through: all of that code is overwritten with int3.
 */
#ifndef TRAPS_H
#define TRAPS_H

#include "process.h"

void traps_set(const struct process *p);
void traps_clear(const struct process *p);

/* After SIGTRAP: whether one of them was hit. P->regs is then as before it. */
bool traps_hit(struct process *p);

#endif
