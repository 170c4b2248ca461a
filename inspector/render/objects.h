/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * objects.h - the answers about objects as text.
 *
 *	party.c		a goroutine, or a thread of the program's
 *	objects.c	what goroutines wait for
 *	waits.c		who waits for whom
 *	dot.c		the same as a graph
 */
#ifndef RENDER_OBJECTS_H
#define RENDER_OBJECTS_H

#include "render/render.h"

/* `goroutine 3 "walker"`, `thread 4242`. party.c */
void render_party_name(FILE *out, const struct snapshot *s, uint32_t party);

/* The same with what it does: `... [chan send, 1.2s, 3.0s left]`. */
void render_party(FILE *out, const struct snapshot *s, uint32_t party);

/* Likewise, where its deadline stands already. */
void render_dated_party(FILE *out, const struct snapshot *s, uint32_t party);

/* How long it is until DEADLINE: `3.0s left`, `12ms overdue`. */
void render_left_time(FILE *out, const struct snapshot *s, int64_t deadline);

/* An object in one line, without its end: `channel 0x7f5251300080: 0 of 0
 * elements of 8 bytes, made by start at tree.c:33`. objects.c */
void render_object(FILE *out, const struct snapshot *s, const struct object *o);

/* Whether PARTY waits for object I: then it has its address in any case.
 * objects.c */
bool render_waits_for(const struct snapshot *s, uint32_t party, uint32_t i);

/* Those of one sort, with their waiters. objects.c */
void render_channels(FILE *out, const struct snapshot *s);
void render_mutexes(FILE *out, const struct snapshot *s);
void render_descriptors(FILE *out, const struct snapshot *s);

/* Deadlines, the next one first. timers.c */
void render_timers(FILE *out, const struct snapshot *s);

/* What whatis() found, or check(), and a summary of that. check.c */
void render_findings(FILE *out, const struct snapshot *s);
void render_check(FILE *out, const struct snapshot *s);

/* Threads, and what each does. crew.c */
void render_crew(FILE *out, const struct snapshot *s);

/* Deadlocks, and who could end the other waits. waits.c */
void render_waits(FILE *out, const struct snapshot *s);

/* All of that for graphviz. dot.c */
void render_dot(FILE *out, const struct snapshot *s);

#endif
