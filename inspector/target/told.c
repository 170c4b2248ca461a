/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a debugger tells of the threads that it holds: target_open_held().
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

#include "target/live.h"
#include "util/scope.h"

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

struct error *told_threads(struct live *l)
{
	SCOPE(memory) char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, l->told) > 0) {
		struct thread t;

		if (!read_thread(line, &t))
			return error_new("line %zu on standard input does not "
					 "tell a thread's registers: see "
					 "--held in seam(1)",
					 l->target.threads.n + 1);
		t.inner = l->nested ? procfs_inner(l->pid, t.tid) : t.tid;
		*ARRAY_PUSH(&l->target.threads) = t;
	}
	if (l->target.threads.n == 0)
		return error_new("nobody tells the registers of process %d: "
				 "--held takes them from standard input",
				 l->pid);
	return NULL;
}
