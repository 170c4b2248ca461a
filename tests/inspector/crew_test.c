/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls that threads are in. */
#include <string.h>
#include <sys/syscall.h>

#include "model/crew.h"
#include "test.h"

enum { Base = 0x100000 };

/* Of a thread that is behind the syscall at the end of CODE. */
static void expect_call(int64_t call, const void *code, size_t n,
			const char *name)
{
	uint8_t bytes[64] = { 0 };
	struct regs regs = { .known = 0 };
	struct target *t = target_open_arrays();
	struct snapshot *s = snapshot_new();

	memcpy(bytes + sizeof(bytes) - n, code, n);
	target_arrays_add(t, addr(Base), bytes, sizeof(bytes));
	regs_set(&regs, DwRip, Base + sizeof(bytes));
	target_arrays_thread(t, 7, &regs);
	t->threads.items[0].call = call;
	collect_crew(t, s);
	assert_int_equal(s->crew.n, 1);
	if (name)
		assert_string_equal(s->crew.items[0].call_name, name);
	else
		assert_null(s->crew.items[0].call_name);
	snapshot_free(s);
	target_close(t);
}

/* What a machine of the runtime sleeps in, and others. */
static void system_calls_have_names(void **state)
{
#define Mov	"\xb8\xe6\0\0\0"
#define Syscall "\x0f\x05"
	static const char direct[] = Mov Syscall;
	static const char arguments[] = Mov "\x48\x89\xdf" Syscall;
	static const char other[] = "\xb8\x23\0\0\0\xc3\x89\xf8" Syscall;
	static const char r8[] = "\x41\xb8\xca\0\0\0" Syscall;

	(void)state;
	expect_call(SYS_epoll_pwait2, direct, sizeof(direct) - 1,
		    "epoll_pwait2");
	expect_call(SYS_restart_syscall, direct, sizeof(direct) - 1,
		    "clock_nanosleep");
	expect_call(SYS_restart_syscall, arguments, sizeof(arguments) - 1,
		    "clock_nanosleep");
	expect_call(SYS_restart_syscall, other, sizeof(other) - 1,
		    "restart_syscall");
	expect_call(SYS_restart_syscall, r8, sizeof(r8) - 1, "restart_syscall");
	expect_call(SYS_restart_syscall, Syscall, 2, "restart_syscall");
	expect_call(SYS_tgkill, direct, sizeof(direct) - 1, "tgkill");
	expect_call(100000, direct, sizeof(direct) - 1, NULL);
	expect_call(-1, direct, sizeof(direct) - 1, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(system_calls_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
