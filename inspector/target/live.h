/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live.h - what the files about a live process share: live.c (the target),
 * stop.c (ptrace), told.c (what a debugger tells of its threads), cache.c
 * (what has been read of it), procfs.c (what /proc says), refused.c (why we may
 * not look).
 */
#ifndef TARGET_LIVE_H
#define TARGET_LIVE_H

#include <signal.h>
#include <stdio.h>

#include "target/target.h"
#include "util/map.h"

enum {
	BlockPages = 4,
	BlockBytes = PageBytes * BlockPages,
	VectorMost = 1024, /* IOV_MAX */
};

/* What was read of a process, by block; more than once only by
 * cache_refresh(). */
struct cache {
	struct map index; /* block number to index */
	struct {
		ARRAY(struct block {
			addr_t low;
			uint8_t *bytes; /* BlockBytes */
			uint8_t valid;	/* bit N: page N is there */
		});
	} blocks;
	uint32_t last; /* the block that was read last */
};

/* A thread that we hold. */
struct held {
	int32_t tid;
	bool stopped;
	int signal; /* to be delivered when it goes on; or 0 */
};

/* What is another after an exec, and in another process of the same number. */
struct identity {
	uint64_t started; /* the kernel's ticks since it booted */
	uint64_t device;  /* of the executable */
	uint64_t inode;
	addr_t entry;
	addr_t headers;
	addr_t vdso;
};

struct live {
	struct target target;
	int pid;
	int through;   /* a thread that had not ended when last looked at */
	sigset_t mask; /* ours, to be restored when the target goes on */
	struct identity identity;
	bool nested;   /* in a pid namespace below ours */
	bool readable; /* not yet let go */
	FILE *told;    /* of a process that a debugger holds; or NULL */
	struct cache cache;
	struct {
		ARRAY(struct copy {
			uint8_t *bytes;
			size_t room;
		});
	} copies;
	size_t copied; /* so many of them hold what is needed */
	struct {
		ARRAY(struct held);
	} held;
};

/* Read from the front as much as there is; fetch it from process PID, unless
 * that is 0. */
size_t cache_read(struct cache *c, int pid, addr_t at, void *buf, size_t size);
/* Fetch all that is there once more, VectorMost blocks at a time. */
void cache_refresh(struct cache *c, int pid);
void cache_free(struct cache *c);
/* Read from the front as much as there is, past the cache. */
size_t cache_fetch(int pid, addr_t at, void *buf, size_t size);

/* Stop all threads and take their registers. */
struct error *stop_threads(struct live *l);
/* Let go of all that are held. */
void resume_threads(struct live *l);

/* Take the registers of all threads as they are told in l->told. */
struct error *told_threads(struct live *l);

/* Whether thread TID of process PID has ended, waited for or not. */
bool procfs_ended(int pid, int32_t tid);
/* A thread of process PID that has not ended: the first one, if that can be. */
int procfs_thread(int pid);

/* The number of thread TID in its own pid namespace. */
int32_t procfs_inner(int pid, int32_t tid);

/* Mappings, files and executable of the process. */
struct error *procfs_read_mappings(struct live *l);
struct error *procfs_read_exe(struct live *l);
/* Note which process it is, with its auxiliary vector; or find that it is still
 * that one. */
void procfs_identify(struct live *l);
struct error *procfs_check_identity(struct live *l);

/* The error for process PID, which the kernel does not let us read, or seize,
 * in the words that it SAID. */
struct error *refused_to_read(int pid, const char *said);
struct error *refused_to_seize(int pid, const char *said);

#endif
