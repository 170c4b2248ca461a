/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a debugger tells of the threads that it holds: target_open_held().
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "target/live.h"

/* 19 numbers of 20 characters at the most, and what is between them. */
enum { LineSize = 19 * 21 + 2 };

/* The number that is next in the line, which *AT points into. */
static bool next_number(const char **at, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(*at, &end, 0);
	if (end == *at || errno)
		return false;
	*at = end;
	return true;
}

static bool read_thread(const char *line, struct thread *ret)
{
	uint64_t tid, call, value;

	if (!next_number(&line, &tid) || tid == 0 || tid > INT_MAX
	    || !next_number(&line, &call))
		return false;
	*ret = (struct thread){ .tid = tid, .call = call };
	for (unsigned i = 0; i < NRegs; i++) {
		if (!next_number(&line, &value))
			return false;
		regs_set(&ret->regs, i, value);
	}
	return *line == '\n' || *line == '\0';
}

/* A thread of the process, and told for the first time. */
static bool is_new(const struct live *l, int32_t tid)
{
	return !procfs_ended(l->pid, tid) && !target_thread(&l->target, tid);
}

struct error *told_threads(struct live *l)
{
	char line[LineSize];

	while (fgets(line, sizeof(line), l->told)) {
		struct thread t;

		if (!read_thread(line, &t) || !is_new(l, t.tid))
			return error_new("line %zu on standard input does not "
					 "tell the registers of another thread "
					 "of process %d: see --held in seam(1)",
					 l->target.threads.n + 1, l->pid);
		t.inner = l->nested ? procfs_inner(l->pid, t.tid) : t.tid;
		*ARRAY_PUSH(&l->target.threads) = t;
	}
	if (l->target.threads.n == 0)
		return error_new("nobody tells the registers of process %d: "
				 "--held takes them from standard input",
				 l->pid);
	return NULL;
}
