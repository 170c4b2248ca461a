/* SPDX-License-Identifier: BSD-2-Clause */
/* traps.c - by /proc/PID/mem, which writes to code as well. */
#include "traps.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <unistd.h>

enum { INT3 = 0xcc, MAX_CODE = 1 << 17 };

static void write_code(const struct process *p, struct range r,
		       const void *bytes)
{
	char path[50];
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)p->pid);
	int fd = open(path, O_WRONLY);
	size_t n = r.hi - r.lo;
	if (fd < 0 || pwrite(fd, bytes, n, (off_t)r.lo) != (ssize_t)n)
		fail(path);
	close(fd);
}

/* What lay in the two ranges, one behind the other. */
static unsigned char saved[MAX_CODE];

void traps_set(const struct process *p)
{
	static unsigned char traps[MAX_CODE];
	size_t n = p->code.hi - p->code.lo, m = p->gostart.hi - p->gostart.lo;
	if (n + m > MAX_CODE)
		fail("more code than MAX_CODE");
	if (!process_read(p, p->code.lo, saved, n)
	    || !process_read(p, p->gostart.lo, saved + n, m))
		fail("asm/'s code");
	memset(traps, INT3, sizeof(traps));
	write_code(p, p->code, traps);
	write_code(p, p->gostart, traps);
}

void traps_clear(const struct process *p)
{
	write_code(p, p->code, saved);
	write_code(p, p->gostart, saved + (p->code.hi - p->code.lo));
}

bool traps_hit(struct process *p)
{
	if (!in_asm(p, p->regs.rip - 1))
		return false;
	p->regs.rip--;
	if (ptrace(PTRACE_SETREGS, p->pid, NULL, &p->regs) != 0)
		fail("PTRACE_SETREGS");
	return true;
}
