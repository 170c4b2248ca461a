/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads: those of the target, and machines that have none, or whose registers
 * are not there.
 */
#include <sys/syscall.h>

#include "model/crew.h"

/* Those that one may be in for long. */
static const struct {
	long number;
	const char *name;
} calls[] = {
#define CALL(name)                                                             \
	{                                                                      \
		SYS_##name, #name                                              \
	}
	CALL(read),
	CALL(write),
	CALL(pread64),
	CALL(pwrite64),
	CALL(readv),
	CALL(writev),
	CALL(open),
	CALL(openat),
	CALL(close),
	CALL(fsync),
	CALL(fdatasync),
	CALL(preadv),
	CALL(pwritev),
	CALL(sendfile),
	CALL(splice),
	CALL(copy_file_range),
	CALL(getdents64),
	CALL(newfstatat),
	CALL(unlink),
	CALL(rename),
	CALL(ioctl),
	CALL(fcntl),
	CALL(poll),
	CALL(ppoll),
	CALL(select),
	CALL(pselect6),
	CALL(epoll_wait),
	CALL(epoll_pwait),
	CALL(epoll_pwait2),
	CALL(io_uring_enter),
	CALL(io_getevents),
	CALL(accept),
	CALL(accept4),
	CALL(connect),
	CALL(recvfrom),
	CALL(recvmsg),
	CALL(sendto),
	CALL(sendmsg),
	CALL(recvmmsg),
	CALL(sendmmsg),
	CALL(msgrcv),
	CALL(msgsnd),
	CALL(semop),
	CALL(futex),
	CALL(nanosleep),
	CALL(clock_nanosleep),
	CALL(pause),
	CALL(rt_sigsuspend),
	CALL(rt_sigtimedwait),
	CALL(wait4),
	CALL(waitid),
	CALL(flock),
	CALL(mmap),
	CALL(munmap),
	CALL(mprotect),
	CALL(madvise),
	CALL(membarrier),
	CALL(clone),
	CALL(clone3),
	CALL(vfork),
	CALL(execve),
	CALL(exit),
	CALL(exit_group),
	CALL(sched_yield),
	CALL(restart_syscall),
#undef CALL
};

static const char *call_name(int64_t number)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (calls[i].number == number)
			return calls[i].name;
	return NULL;
}

static const struct machine *machine_of(const struct snapshot *s, int32_t tid)
{
	for (size_t i = 0; i < s->machines.n; i++)
		if (s->machines.items[i].thread == tid)
			return &s->machines.items[i];
	return NULL;
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

static void add(struct snapshot *s, const struct machine *m, int32_t tid,
		const struct thread *t)
{
	*ARRAY_PUSH(&s->crew) = (struct crew){
		.thread = tid,
		.machine = m ? m->id : -1,
		.party = party_of(s, m, tid),
		.last = last_of(s, m),
		.registers = t != NULL,
		.call = t ? t->call : -1,
		.call_name = t ? call_name(t->call) : NULL,
	};
}

void collect_crew(struct target *t, struct snapshot *s)
{
	for (size_t i = 0; i < t->threads.n; i++)
		add(s, machine_of(s, t->threads.items[i].tid),
		    t->threads.items[i].tid, &t->threads.items[i]);
	for (size_t i = 0; i < s->machines.n; i++)
		if (!target_thread(t, s->machines.items[i].thread))
			add(s, &s->machines.items[i],
			    s->machines.items[i].thread, NULL);
}
