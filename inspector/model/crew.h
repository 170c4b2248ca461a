/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crew.h - the threads of a target, what each runs, and the system call that it
 * is in: its registers say so, which are those of the moment at which a process
 * was stopped, or died.
 */
#ifndef MODEL_CREW_H
#define MODEL_CREW_H

#include "model/model.h"
#include "target/target.h"

/* When the objects are collected. */
void collect_crew(struct target *t, struct snapshot *s);

#endif
