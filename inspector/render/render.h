/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * render.h - the answers as text. Reads the model and decides nothing. The
 * words are the same in gdb's commands; the golden files are shared.
 */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include <stdio.h>

#include "model/model.h"

/* Above the answer about a core: `signal SIGSEGV at 0x0: thread 4242, goroutine
 * 7 "walker"`. text.c */
void render_fatal(FILE *out, const struct snapshot *s);

/* Above the list: up to when SINCE counts, where that is not now. list.c */
void render_since(FILE *out, const struct snapshot *s);

/* The same above other answers that tell how long somebody has waited. */
void render_times(FILE *out, const struct snapshot *s);

/* One line a goroutine. list.c */
void render_list(FILE *out, const struct snapshot *s);

/* The groups of goroutines; KEY is what they have in common. groups.c */
void render_groups(FILE *out, const struct snapshot *s, const char *key);

/* The same by stack, for programs that draw flame graphs. folded.c */
void render_folded(FILE *out, const struct snapshot *s);

/* How much of each line is shown: with seams and how the frame was found if
 * that makes it doubtful, or without; and its pc. */
enum stack_detail { STACK_PLAIN, STACK_SEAMLESS, STACK_RAW };

/* So wide are lines, where they can be. */
enum { Columns = 80 };

/* where.c: `visit tree.c:19`, in no more than MOST columns where it can be: of
 * a function for which there is no room the end is left out. The caller frees
 * it.
 */
char *render_where(const struct location *l, int most);

/* lines.c: `visit at tree.c:19`. */
void render_place(FILE *out, const struct location *l);

/* A line, numbered; the most of one stack that are to be shown; and how many
 * frames there are in N more. lines.c */
void render_line(FILE *out, const struct snapshot *s, size_t number,
		 const struct line *l, enum stack_detail detail);
size_t render_most(const struct snapshot *s);
void render_rest(FILE *out, const struct line *l, size_t n);

/* Lines of a stack, numbered, and why there is none after them, if WHY is not
 * NULL. lines.c */
void render_lines(FILE *out, const struct snapshot *s, const struct span *lines,
		  enum stack_detail detail);
void render_stop(FILE *out, const struct snapshot *s, const char *why);

/* The stack of each goroutine, or thread. stacks.c */
void render_stacks(FILE *out, const struct snapshot *s,
		   enum stack_detail detail);
void render_stack(FILE *out, const struct snapshot *s,
		  const struct goroutine *g, enum stack_detail detail);
void render_threads(FILE *out, const struct snapshot *s);

/* details.c: the registers with NUMBER in the snapshot, or NONE; the variables
 * of a line; and the name of register NTH, NULL if it is not known. */
void render_registers(FILE *out, const struct snapshot *s, uint32_t number);
void render_variables(FILE *out, const struct snapshot *s,
		      const struct detail *d, uint32_t line, uint32_t *next);
const char *render_register(const struct registers *r, unsigned nth,
			    uint64_t *ret);

/* The segments of each goroutine's stack. segments.c */
void render_segments(FILE *out, const struct snapshot *s);

/* text.c: "850us", "12ms", "1.2s", "3m05s", "2h10m"; "-" if NS is less than
 * 0. Cut off, not rounded. */
enum { DurationSize = 32 };
const char *render_duration(int64_t ns, char buf[DurationSize]);

/* text.c: N in decimal, or as an address. A million rows are not written by
 * printf. */
enum { DigitsSize = 24 };
const char *render_unsigned(uint64_t n, char buf[DigitsSize]);
const char *render_signed(int64_t n, char buf[DigitsSize]);
const char *render_address(addr_t at, char buf[DigitsSize]);

/* text.c: how many characters TEXT has, and how many bytes the first N of them
 * have. It is UTF-8. */
int render_width(const char *text);
size_t render_bytes(const char *text, int n);

/* text.c: what stands out, up to STYLE_END, in a snapshot that is coloured. */
enum style { STYLE_END, STYLE_HEAD, STYLE_QUIET, STYLE_TROUBLE };
void render_style(FILE *out, const struct snapshot *s, enum style style);

/* text.c: `goroutine 3 "walker"`, or `goroutine 3` if it has no name. */
void render_goroutine(FILE *out, const struct goroutine *g);
void render_title(FILE *out, int64_t id, const char *name);

#endif
