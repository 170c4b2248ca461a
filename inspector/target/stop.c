/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stopping a process without harm. Threads are seized, which sends no signal
 * and leaves no trace; a seized thread goes on by itself when we die, however
 * we die. A signal that arrives while we look is handed on at the end. A
 * process that somebody else had stopped stays stopped.
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>

#include "target/live.h"
#include "util/scope.h"

/* A thread that has not stopped in 5 s is stuck in the kernel. */
enum { SleepNs = 50 * 1000 * 1000, SleepsMost = 5 * 20 };

/* So often the list of threads must have nothing new: while threads begin and
 * end, the kernel may leave one out. */
enum { QuietScans = 2 };

static struct held *find_held(struct live *l, int32_t tid)
{
	for (size_t i = l->held.n; i-- > 0;)
		if (l->held.items[i].tid == tid)
			return &l->held.items[i];
	return NULL;
}

/* A thread that has ended meanwhile, or long ago as the first one can, is no
 * error. */
static struct error *seize(struct live *l, int32_t tid)
{
	if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) == 0) {
		*ARRAY_PUSH(&l->held) = (struct held){ .tid = tid };
		ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
		return NULL;
	}
	if (errno == ESRCH || (errno == EPERM && procfs_ended(l->pid, tid)))
		return NULL;
	if (errno == EPERM)
		return refused_to_seize(l->pid, strerror(errno));
	return error_new("cannot stop thread %d of process %d: %s", tid, l->pid,
			 strerror(errno));
}

/* Seize what is not yet held; *FOUND tells whether there was any. */
static struct error *seize_new(struct live *l, bool *found)
{
	SCOPE(dir) DIR *tasks = NULL;
	struct error *e = NULL;
	struct dirent *d;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", l->pid);
	tasks = opendir(path);
	if (!tasks)
		return error_new("there is no process %d", l->pid);
	while (!e && (d = readdir(tasks))) {
		int32_t tid = atoi(d->d_name);
		size_t before = l->held.n;

		if (tid <= 0 || find_held(l, tid))
			continue;
		e = seize(l, tid);
		*found |= l->held.n > before;
	}
	return e;
}

/* What waitpid() said of a thread. */
static void note_stop(struct live *l, int32_t tid, int status)
{
	struct held *h = find_held(l, tid);

	if (!h)
		return;
	if (!WIFSTOPPED(status)) {
		*h = l->held.items[--l->held.n];
		return;
	}
	h->stopped = true;
	if (status >> 16 == 0)
		h->signal = WSTOPSIG(status);
}

static bool all_stopped(const struct live *l)
{
	for (size_t i = 0; i < l->held.n; i++)
		if (!l->held.items[i].stopped)
			return false;
	return true;
}

/* Take what has stopped by now. */
static void note_stops(struct live *l)
{
	int32_t tid;
	int status;

	while ((tid = waitpid(-1, &status, __WALL | WNOHANG)) > 0)
		note_stop(l, tid, status);
}

/* Let go of those who will not stop any more and of whom nothing is said: the
 * first thread when it ends before others, and, when another has called exec,
 * that one's number: ptrace(2). */
static void drop_ended(struct live *l)
{
	for (size_t i = l->held.n; i-- > 0;) {
		struct held *h = &l->held.items[i];

		if (!h->stopped && procfs_ended(l->pid, h->tid))
			*h = l->held.items[--l->held.n];
	}
}

/* Until all have stopped; sleep on SIGCHLD, which is blocked. A sleep that was
 * too long, for we were stopped ourselves, counts as any, and all look again.
 */
static struct error *wait_stopped(struct live *l)
{
	const struct timespec limit = { .tv_nsec = SleepNs };
	unsigned sleeps = 0;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		note_stops(l);
		if (all_stopped(l))
			return NULL;
		if (sleeps == SleepsMost)
			return error_new("a thread of process %d does not "
					 "stop: it is stuck in the kernel, or "
					 "another debugger holds it",
					 l->pid);
		if (sigtimedwait(&child, NULL, &limit) >= 0 || errno != EAGAIN)
			continue;
		drop_ended(l);
		sleeps++;
	}
}

static void take_registers(struct live *l)
{
	for (size_t i = 0; i < l->held.n; i++) {
		struct thread t = { .tid = l->held.items[i].tid };
		struct user_regs_struct user;
		struct iovec io = { &user, sizeof(user) };

		if (ptrace(PTRACE_GETREGSET, t.tid, (void *)NT_PRSTATUS, &io))
			continue;
		regs_from_user(&user, &t.regs);
		t.call = (int64_t)user.orig_rax;
		t.inner = l->nested ? procfs_inner(l->pid, t.tid) : t.tid;
		*ARRAY_PUSH(&l->target.threads) = t;
	}
}

struct error *stop_threads(struct live *l)
{
	struct error *e = NULL;

	for (int quiet = 0; !e && quiet < QuietScans; quiet++) {
		bool found = false;

		e = seize_new(l, &found);
		if (!e)
			e = wait_stopped(l);
		if (found)
			quiet = -1;
	}
	if (!e && l->held.n == 0)
		e = error_new("there is no process %d", l->pid);
	if (!e)
		take_registers(l);
	return e;
}

/* After an error some may have stopped at a signal that was not yet noted. */
void resume_threads(struct live *l)
{
	note_stops(l);
	for (size_t i = 0; i < l->held.n; i++) {
		const struct held *h = &l->held.items[i];

		ptrace(PTRACE_DETACH, h->tid, NULL, (long)h->signal);
	}
	l->held.n = 0;
}
