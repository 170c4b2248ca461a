/* SPDX-License-Identifier: BSD-2-Clause */
/* visited.c - counts the instructions of asm/, as objdump tells them. */
#include "visited.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_CODE = 1 << 17 }; /* bytes of the runtime, asm/ among them */

static bool ever[MAX_CODE], this_run[MAX_CODE];

static size_t slot(const struct process *p, uint64_t pc)
{
	if (p->runtime.hi - p->runtime.lo > MAX_CODE)
		fail("more code than MAX_CODE");
	return pc - p->runtime.lo;
}

bool visit(const struct process *p, uint64_t pc)
{
	size_t i = slot(p, pc);
	bool first = !this_run[i];
	ever[i] = this_run[i] = true;
	return first;
}

void visited_new_run(void)
{
	memset(this_run, 0, sizeof(this_run));
}

/*
 * Padding between functions, the byte before a label that is returned to, and
 * the stop behind a call that does not return.
 */
static bool never_meant_to_run(const char *instruction)
{
	return strstr(instruction, "nop") || strstr(instruction, "hlt")
	       || strstr(instruction, "xchg   %ax,%ax");
}

static int report_range(struct process *p, const char *program, struct range r,
			int *total)
{
	char line[1000];
	int missing = 0;
	snprintf(line, sizeof(line),
		 "objdump -d --no-show-raw-insn --start-address=%#" PRIx64
		 " --stop-address=%#" PRIx64 " '%s'",
		 r.lo - p->bias, r.hi - p->bias, program);
	FILE *objdump = popen(line, "r");
	if (!objdump)
		fail("objdump");
	while (fgets(line, sizeof(line), objdump)) {
		uint64_t address;
		int text = 0;
		if (sscanf(line, " %" SCNx64 ":%n", &address, &text) < 1
		    || !text || never_meant_to_run(line + text))
			continue;
		++*total;
		if (ever[slot(p, address + p->bias)])
			continue;
		missing++;
		printf("never visited: %#" PRIx64 " %s%s", address,
		       process_place(p, address + p->bias), line + text);
	}
	if (pclose(objdump) != 0)
		fail("objdump");
	return missing;
}

int visited_report(struct process *p, const char *program)
{
	int total = 0;
	int missing = report_range(p, program, p->code, &total)
		      + report_range(p, program, p->gostart, &total);
	printf("%s: %d of %d instructions visited\n", program, total - missing,
	       total);
	return total ? missing : 1;
}
