/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * process.h - the stepped process: its memory, its registers, the places in
 * its program that the others ask for, and its stack as CFI has it.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

enum { MAX_FRAMES = 256 };

struct range {
	uint64_t lo, hi;
};

struct process {
	pid_t pid;
	struct user_regs_struct regs;
	Dwfl *dwfl;
	Dwfl_Module *program;
	uint64_t bias;		/* run time - link time, in the program */
	struct range code;	/* asm/'s, by seamcode */
	struct range gostart;	/* and its first frame of a goroutine */
	struct range runtime;	/* all of the runtime, these two included */
	struct range thread;	/* the thread's own stack */
	uint64_t shadows, allg; /* variables */
	uint64_t start;		/* _start, where the thread begins */
};

struct frame {
	uint64_t pc;
	bool activation; /* pc is where it goes on, not behind a call */
};

/* Innermost first. error: where the unwinder gave up, else NULL. */
struct walk {
	struct frame frame[MAX_FRAMES];
	size_t n;
	const char *error;
};

static inline bool within(struct range r, uint64_t address)
{
	return address >= r.lo && address < r.hi;
}

static inline bool in_asm(const struct process *p, uint64_t pc)
{
	return within(p->code, pc) || within(p->gostart, pc);
}

/* Print what failed, and errno's or libdw's cause, and exit with 2. */
void fail(const char *what) __attribute__((noreturn));

/* Look the program up in P->pid, which has been loaded and is stopped. */
void process_open(struct process *p);
void process_close(struct process *p);

/* False: not mapped. */
bool process_read(const struct process *p, uint64_t address, void *to,
		  size_t n);

/* The stack from P->regs on. */
void process_walk(struct process *p, struct walk *walk);

/* The first address of the function that PC lies in; 0: unknown. */
uint64_t process_function(struct process *p, uint64_t pc);

/* Whether PC lies in another file than the program. */
bool process_foreign(struct process *p, uint64_t pc);

/* PC as symbol+offset, the nearest symbol of the program below it. */
const char *process_place(struct process *p, uint64_t pc);

#endif
