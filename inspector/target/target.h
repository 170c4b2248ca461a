/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * target.h - a program to look at: a core, a live process, or arrays (for the
 * unit tests). Bytes, registers, mappings and the files behind them. Knows no
 * types and no goroutines. Writes nothing, ever.
 *
 *	core.c corenotes.c	a core file, mapped
 *	packed.c formats.c	one that is compressed
 *	live.c stop.c procfs.c	a process, stopped only while it is read
 *	refused.c		one that we may not look at
 *	told.c			one that a debugger holds
 *	cache.c			what has been read of a process
 *	files.c			the files behind the mappings
 *	arrays.c		a target made of arrays
 *	target.c		what is the same for all
 */
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "target/elfimage.h"
#include "target/regs.h"
#include "util/addr.h"
#include "util/array.h"
#include "util/error.h"
#include "util/map.h"
#include "util/progress.h"
#include "util/strings.h"

struct target;

struct thread {
	int32_t tid;
	int32_t inner; /* its number in the target's own pid namespace */
	int64_t call;  /* the number of the system call that it is in; -1: none
			*/
	struct regs regs;
};

/* What ended the process that a core is of, or stopped it for a debugger. */
struct signal {
	int number; /* 0: nothing did, or it is not known */
	int32_t thread;
	bool addressed; /* it is about an address: */
	addr_t address;
};

enum { NO_FILE = UINT32_MAX, NO_MAPPING = UINT32_MAX };

/* The "file" that is the kernel's code in each process. */
#define VdsoName "[vdso]"

/* Mapped memory, [low, end). */
struct mapping {
	addr_t low;
	addr_t end;
	uint64_t offset;  /* of LOW in its file */
	uint32_t file;	  /* index into target.files, or NO_FILE */
	const char *name; /* of one without a file, "[heap]"; or NULL */
	bool writable;
	bool executable;
	addr_t pristine; /* from here on memory is what the file holds */
};

/* A file that is mapped; files.c. */
struct file {
	const char *path;    /* as the target names it */
	const char *open_as; /* where to look first, or NULL */
	const char *opened;  /* where it was found */
	addr_t start;	     /* where its first byte is mapped; or 0 */
	uint32_t code;	     /* its first executable mapping, or NO_MAPPING */
	bool tried;
	int fd; /* -1: absent or not the right one, see WHY */
	struct bytes bytes;
	const char *why;
};

/* Bytes that are wanted, and where they are then. */
struct range {
	addr_t low;
	uint64_t size;
	struct bytes copy; /* from LOW on; shorter where memory ends */
};

/* The clocks of runtimes: the processor's counter and CLOCK_MONOTONIC. */
struct clock_reading {
	uint64_t ticks;
	int64_t ns;
};

struct target_ops {
	/* Read from the front as much as there is; return how much. */
	size_t (*read)(struct target *t, addr_t at, void *buf, size_t size);
	/* The same, and keep nothing of it; NULL: read() keeps nothing. */
	size_t (*peek)(struct target *t, addr_t at, void *buf, size_t size);
	/* Fill in the COPY of each range. */
	void (*copy)(struct target *t, struct range *ranges, size_t n);
	/* What was copied is not needed any more; NULL: it costs nothing. */
	void (*drop)(struct target *t);
	/* Have what is at AT at hand, on any thread; NULL: it always is. */
	void (*fetch)(const struct target *t, addr_t at, size_t *last);
	/* Why read() stopped at AT, inside a mapping: "is ...". */
	const char *(*absence)(struct target *t, addr_t at);
	/* NULL where nothing changes. */
	void (*refresh)(struct target *t);
	/* NULL where there is nothing to stop. */
	struct error *(*stop)(struct target *t);
	void (*resume)(struct target *t);
	void (*close)(struct target *t);
};

struct target {
	const struct target_ops *ops;
	struct strings strings;
	struct {
		ARRAY(struct thread);
	} threads;
	struct {
		ARRAY(struct mapping);
	} mappings;	 /* by address */
	uint64_t mapped; /* their bytes */
	uint64_t room;	 /* so many bytes may still be copied */
	struct {
		ARRAY(struct file);
	} files;
	struct map file_index; /* a path's address in strings to its index */
	bool ids_certain; /* INNER of threads is what the target calls them */
	uint32_t exe;	  /* its index in files, or NO_FILE */
	const char *root; /* goes before the paths of files, or NULL */
	const char *subject; /* "process 1234", "core 'x'" */
	addr_t entry;	     /* AT_ENTRY, where the program starts; or 0 */
	addr_t headers;	     /* AT_PHDR, its program headers; or 0 */
	addr_t vdso;	     /* AT_SYSINFO_EHDR; or 0 */
	addr_t random;	     /* AT_RANDOM, in the first thread's stack; or 0 */
	struct clock_reading now; /* of a live one, when stopped; or 0 */
	bool remapped; /* a live one has mapped other code since it was opened,
			  when stopped */
	int64_t stopped_ns; /* how long a live one was stopped, afterwards */
	struct signal signal;
	const char *damage;	   /* what is missing in the whole, or NULL */
	struct progress *progress; /* whom it tells how far it is, or NULL */
};

/*
 * Open a core; EXE is its executable, NULL: the one that it names. The files
 * are not looked at yet. PROGRESS, or NULL, is told how far we are, here and
 * later; it outlives the target, here and below.
 */
struct error *target_open_core(const char *core, const char *exe,
			       struct progress *progress, struct target **ret);

/* Open a process. It runs on; what is read of it may be changing. */
struct error *target_open_live(int pid, struct progress *progress,
			       struct target **ret);

/*
 * Open a process that a debugger holds: it stands still, and nobody else can
 * ask for its registers. The debugger tells them in TOLD, which is read when
 * the target is to be stopped: a line for each thread with its number, that of
 * the system call that it is in (-1: none) and the registers by their DWARF
 * numbers, 0 to 16, 0x... where they are not decimal.
 */
struct error *target_open_held(int pid, FILE *told, struct progress *progress,
			       struct target **ret);

/* Memory and threads are given by the caller, and copied. */
struct target *target_open_arrays(void);
void target_arrays_add(struct target *t, addr_t low, const void *bytes,
		       size_t size);
void target_arrays_thread(struct target *t, int32_t tid,
			  const struct regs *regs);

void target_close(struct target *t);

static inline void target_scope(struct target **t)
{
	if (*t)
		target_close(*t);
}

/*
 * Of a live target what was read is read again from where it was kept, until
 * this has read all of it anew; with few system calls.
 */
void target_refresh(struct target *t);

/*
 * Stop all threads of a live target, and refresh it: its threads are known,
 * and it stays as it is until target_resume(). What was read or copied by then
 * can be read afterwards too. Cores are always stopped.
 */
struct error *target_stop(struct target *t);
void target_resume(struct target *t);

/* Read from the front as much as there is; return how much. */
size_t target_read_some(struct target *t, addr_t at, void *buf, size_t size);

/* As much as the target itself has, of memory that is looked through once: what
 * is in a file alone is not looked for, and no copy is kept. */
size_t target_peek(struct target *t, addr_t at, void *buf, size_t size);

/* Read SIZE bytes. The error: "0x7f10 is outside any mapping". */
struct error *target_read(struct target *t, addr_t at, void *buf, size_t size);

/* The number in the SIZE bytes there, 8 at the most; 0 where they are not. */
uint64_t target_number(struct target *t, addr_t at, size_t size);

/* Why the byte at AT cannot be read: "outside any mapping" and the like. */
const char *target_absence(struct target *t, addr_t at);

/*
 * Fill in COPY of each of the N ranges, with few system calls. The bytes
 * belong to the target. Ranges that together, whenever they were copied, exceed
 * twice what is mapped come from damage: those beyond get nothing.
 */
void target_copy(struct target *t, struct range *ranges, size_t n);

/* What was copied by now is not needed any more: its room is used again. */
void target_drop_copies(struct target *t);

/*
 * Whether it is worth while to fetch what will be copied soon; and that, which
 * another thread may do meanwhile. LAST is 0 at first, and what this found out.
 */
bool target_fetches(const struct target *t);
void target_fetch(const struct target *t, addr_t at, size_t *last);

/* NULL if nothing is mapped at AT. */
const struct mapping *target_mapping(const struct target *t, addr_t at);

/* The thread that the target itself calls INNER; INNER if there is none. */
int32_t target_tid(const struct target *t, int32_t inner);

/* NULL if there is no such thread, or its registers are not known. */
const struct thread *target_thread(const struct target *t, int32_t tid);

/* The file with INDEX, opened, its bytes mapped, and known to be the one that
 * the target has mapped. It stays the target's. */
struct error *target_file(struct target *t, uint32_t index,
			  const struct file **ret);

/* For the openers: what an ENTRY of the auxiliary vector says. */
void target_note_auxv(struct target *t, const Elf64_auxv_t *entry);
/* For the openers: the index of the file with PATH, new or not. */
uint32_t target_add_file(struct target *t, const char *path);
/* For the openers: when all mappings are there, and again if any are added.
 * What files and the target know of them is found here. */
void target_sort_mappings(struct target *t);
void target_free_files(struct target *t);
/* For the openers: the executable is the file whose mapping holds the program
 * headers, or the entry; EXE is opened for it. */
void target_choose_exe(struct target *t, const char *exe);

#endif
