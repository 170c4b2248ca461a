/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why the kernel refuses a process: it says no more than that it does. What it
 * asks, and in which order, is in ptrace(2), "Ptrace access mode checking".
 */
#include <stdarg.h>
#include <string.h>
#include <sys/types.h>

#include "target/live.h"
#include "util/scope.h"

/* capabilities(7) */
enum { CapSysPtrace = 19 };

/* ptrace(2), ptrace_scope: this and more nobody may, whatever he may else. */
enum { ScopeNobody = 3 };

/* What FORMAT, as of scanf(), finds in a line of the FILE of process PID, 0
 * being seam: how much. */
static int find_in(int pid, const char *file, const char *format, ...)
{
	char path[64] = "/proc/self/", line[256];
	SCOPE(file) FILE *f = NULL;
	int found = 0;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/", pid);
	strcat(path, file);
	f = fopen(path, "re");
	while (f && found <= 0 && fgets(line, sizeof(line), f)) {
		va_list args;

		va_start(args, format);
		found = vsscanf(line, format, args);
		va_end(args);
	}
	return found > 0 ? found : 0;
}

/* The process that traces PID; 0 if none does. */
static int tracer_of(int pid)
{
	int tracer = 0;

	find_in(pid, "status", "TracerPid: %d", &tracer);
	return tracer;
}

static bool has_capability(void)
{
	unsigned long all = 0;

	find_in(0, "status", "CapEff: %lx", &all);
	return all >> CapSysPtrace & 1;
}

/* Whether seam lies in a user namespace below the first one, as the root of
 * many containers does: all that its capabilities are good for is in there. */
static bool is_contained(void)
{
	unsigned long first, outside, n;

	return find_in(0, "uid_map", "%lu %lu %lu", &first, &outside, &n) == 3
	       && n != UINT32_MAX;
}

static int ptrace_scope(void)
{
	SCOPE(file)
	FILE *f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope = 0;

	return f && fscanf(f, "%d", &scope) == 1 ? scope : 0;
}

/* Whether another user's credentials are among those of PID; and whose. */
static bool is_anothers(int pid, unsigned *user)
{
	unsigned u[3];

	if (find_in(pid, "status", "Uid: %u %u %u", &u[0], &u[1], &u[2]) < 3)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (u[i] != geteuid()) {
			*user = u[i];
			return true;
		}
	return false;
}

#define Capability "give seam CAP_SYS_PTRACE (setcap cap_sys_ptrace+ep)"

/* Of a seam that has no capability. */
static struct error *not_entitled(int pid, int scope)
{
	unsigned user;

	if (is_anothers(pid, &user))
		return error_new("may not look at process %d: it is user %u's; "
				 "run as that user or root, or " Capability,
				 pid, user);
	if (scope)
		return error_new("may not look at process %d: "
				 "/proc/sys/kernel/yama/ptrace_scope is %d; "
				 "run as root, " Capability ", or set it to 0",
				 pid, scope);
	return error_new("may not look at process %d: it has rights that seam "
			 "has not, or has closed itself to debuggers "
			 "(PR_SET_DUMPABLE); run as root, or " Capability,
			 pid);
}

/* SCOPE: of yama, where that can be why; 0. */
static struct error *refused(int pid, const char *said, int scope)
{
	if (!has_capability())
		return not_entitled(pid, scope);
	if (is_contained())
		return error_new("may not look at process %d: the kernel says "
				 "'%s' though seam has CAP_SYS_PTRACE: that is "
				 "good for seam's own user namespace only, a "
				 "container's, and the process lies outside; "
				 "run seam out there",
				 pid, said);
	return error_new("may not look at process %d: the kernel says '%s' "
			 "though seam has CAP_SYS_PTRACE: a security module "
			 "(SELinux, AppArmor) or a sandbox forbids it; ask who "
			 "runs the machine",
			 pid, said);
}

struct error *refused_to_read(int pid, const char *said)
{
	return refused(pid, said, 0);
}

/* This only is refused where a process is traced, and by yama. */
struct error *refused_to_seize(int pid, const char *said)
{
	int tracer = tracer_of(pid), scope = ptrace_scope();

	if (tracer)
		return error_new("may not look at process %d: process %d, a "
				 "debugger, holds it; detach that first",
				 pid, tracer);
	if (scope >= ScopeNobody)
		return error_new("may not look at process %d: "
				 "/proc/sys/kernel/yama/ptrace_scope is %d: "
				 "nobody may until the machine starts anew; "
				 "look at a core",
				 pid, scope);
	return refused(pid, said, scope);
}
