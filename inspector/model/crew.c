/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: those of the target, and machines that have none, or whose registers
 * are not there.
 */
#include <string.h>
#include <sys/syscall.h>

#include "model/crew.h"

static const char *const calls[] = {
#include "model/calls.h"
};

/* NULL: a call that the kernel got after we were built; or -1. */
static const char *call_name(int64_t number)
{
	if (number < 0 || number >= (int64_t)(sizeof(calls) / sizeof(*calls)))
		return NULL;
	return calls[number];
}

/*
 * A thread that was stopped in one of these goes on in restart_syscall, and for
 * good: seam itself may have stopped it before. Which one it was only the code
 * knows, and the kernel.
 */
static const uint32_t restarted[] = { SYS_poll, SYS_nanosleep, SYS_futex,
				      SYS_clock_nanosleep };

static bool is_restarted(uint32_t number)
{
	for (size_t i = 0; i < sizeof(restarted) / sizeof(*restarted); i++)
		if (restarted[i] == number)
			return true;
	return false;
}

/* x86-64: mov $number,%eax, and perhaps arguments, before syscall. */
enum { MovEax = 0xb8, Rex = 0x41, Ret = 0xc3, SyscallBytes = 2, Before = 48 };

/* The call in the N bytes of CODE, up to where the kernel goes on; or -1. What
 * lies before a return is another function's. */
static int64_t call_in(const uint8_t *code, size_t n)
{
	uint32_t number;

	for (size_t i = n - SyscallBytes; i-- > 1 && code[i] != Ret;) {
		if (code[i] != MovEax || code[i - 1] == Rex
		    || n - i <= sizeof(number) + SyscallBytes)
			continue;
		memcpy(&number, code + i + 1, sizeof(number));
		if (is_restarted(number))
			return number;
	}
	return -1;
}

/* The system call that T is in, also where it is in that for the second time.
 */
static int64_t call_of(struct target *target, const struct thread *t)
{
	uint8_t code[Before];
	addr_t from = addr_minus(addr(t->regs.value[DwRip]), Before);
	int64_t call;

	if (t->call != SYS_restart_syscall
	    || target_read_some(target, from, code, Before) != Before)
		return t->call;
	call = call_in(code, Before);
	return call < 0 ? t->call : call;
}

/* The goroutine that M runs, or the thread's own. */
static uint32_t party_of(const struct snapshot *s, const struct machine *m,
			 int32_t tid)
{
	for (uint32_t i = 0; i < s->objects.parties.n; i++) {
		bool goroutine = i < s->goroutines.n;

		if (m && goroutine && s->goroutines.items[i].running
		    && s->goroutines.items[i].thread == tid)
			return i;
		if (!m && !goroutine
		    && s->objects.parties.items[i].thread == tid)
			return i;
	}
	return NONE;
}

/* The id of the goroutine that M ran last; 0: it is none that lives. */
static int64_t last_of(const struct snapshot *s, const struct machine *m)
{
	const uint32_t *party =
		m ? map_get(&s->objects.party_at, m->current.v) : NULL;

	return party ? s->objects.parties.items[*party].goroutine : 0;
}

/* T: its registers, or NULL. */
static void add(struct target *target, struct snapshot *s,
		const struct machine *m, int32_t tid, const struct thread *t)
{
	const int64_t call = t ? call_of(target, t) : -1;

	*ARRAY_PUSH(&s->crew) = (struct crew){
		.thread = tid,
		.machine = m ? m->id : -1,
		.party = party_of(s, m, tid),
		.last = last_of(s, m),
		.registers = t != NULL,
		.call = call,
		.call_restarted = call == SYS_restart_syscall,
		.call_name = call_name(call),
	};
}

void collect_crew(struct target *t, struct snapshot *s)
{
	for (size_t i = 0; i < t->threads.n; i++)
		add(t, s, machine_on(s, t->threads.items[i].tid),
		    t->threads.items[i].tid, &t->threads.items[i]);
	for (size_t i = 0; i < s->machines.n; i++)
		if (!target_thread(t, s->machines.items[i].thread))
			add(t, s, &s->machines.items[i],
			    s->machines.items[i].thread, NULL);
}
