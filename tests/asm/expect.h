/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expect.h - what a stack must be at an instruction of asm/, or at the first
 * one behind it, by the program's shadows (shadow.h).
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "process.h"
#include "shadow.h"

/* From one step to the next. Zero at first. */
struct history {
	int64_t last; /* the goroutine whose segments sp was last in; 0: none */
	uint32_t told; /* by goroutine: 1: a walk from g0 has told its stack */
	bool in_handler;
	struct walk interrupted; /* if in_handler: the stack below it */
};

/* What a walk is compared with. */
struct scene {
	struct process *process;
	struct history *history;
	struct shadows shadows;
	struct walk walk;
};

/* Read the shadows and walk the stack. */
void scene_take(struct scene *s);

/* NULL, or what the stack should have been. */
const char *scene_wrong(struct scene *s);

void scene_print(struct scene *s);

#endif
