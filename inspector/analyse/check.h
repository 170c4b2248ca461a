/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.h - what must hold between the things of a runtime. What somebody has
 * locked at the moment is about to change, and is let alone; so are all objects
 * and deadlines while somebody is at them without locks.
 */
#ifndef ANALYSE_CHECK_H
#define ANALYSE_CHECK_H

#include "model/model.h"

/* Fill in the findings: goroutines and machines, objects and their queues,
 * deadlines, who is to run. All goroutines have been collected, and their
 * objects; what was noted of them becomes a finding, and is no note any more.
 */
void check(struct snapshot *s);

/* Its last part. check_scheduler.c */
void check_scheduler(struct snapshot *s);

/* Add a finding, for the parts. */
void check_find(struct snapshot *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
