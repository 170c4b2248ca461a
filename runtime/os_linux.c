/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * os_linux.c - what the runtime asks of the kernel and of libc's threads, but
 * for file descriptors: os_linux_fd.c.
 * Everything here runs on a large stack: on g0, on a thread of the program's
 * own, or on a signal stack.
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

void *osalloc(uint64_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void osfree(void *p, uint64_t n)
{
	munmap(p, n);
}

void osrelease(void *p, uint64_t n)
{
	madvise(p, n, MADV_DONTNEED);
}

/*
 * Until *addr is no longer val, a wake-up, the deadline, or for no reason.
 * errno stays: a program's function may have grown its stack between the call
 * that has set errno and its look at it, and growing may wait for a lock.
 */
void futexsleep(uint32_t *addr, uint32_t val, int64_t deadline)
{
	struct timespec ts = {
		.tv_sec = deadline / SEAM_S,
		.tv_nsec = deadline % SEAM_S,
	};
	int e = errno;
	/* The bitset form takes an absolute time (futex(2)). */
	syscall(SYS_futex, addr, FUTEX_WAIT_BITSET_PRIVATE, val,
		deadline == INT64_MAX ? NULL : &ts, NULL,
		FUTEX_BITSET_MATCH_ANY);
	errno = e;
}

void futexwakeup(uint32_t *addr)
{
	syscall(SYS_futex, addr, FUTEX_WAKE_PRIVATE, 1);
}

void osyield(void)
{
	sched_yield();
}

void osnap(int64_t ns)
{
	struct timespec ts = { .tv_nsec = ns };
	nanosleep(&ts, NULL);
}

bool osbarrierinit(void)
{
	return syscall(SYS_membarrier,
		       MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0)
	       == 0;
}

void oswritebarrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!sched.fenced)
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* proc(5), /proc/pid/status: State and voluntary_ctxt_switches. */
int64_t osasleep(int32_t procid)
{
	char path[48], status[4096];
	snprintf(path, sizeof(path), "/proc/self/task/%d/status", procid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = read(fd, status, sizeof(status) - 1);
	close(fd);
	status[n > 0 ? n : 0] = '\0';
	const char *sleeps = strstr(status, "\nvoluntary_ctxt_switches:");
	if (!strstr(status, "\nState:\tS") || !sleeps)
		return -1;
	return strtoll(strchr(sleeps, ':') + 1, NULL, 10);
}

int *oserrno(void)
{
	return &errno;
}

int64_t osclock(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SEAM_S + ts.tv_nsec;
}

static int mthread(void *mp)
{
	minit(mp);
	mstart(mp);
	worldleave(mp);
	return 0;
}

void osunblock(int sig)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, sig);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void osblock(void *old)
{
	sigset_t all;
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGTRAP);
	sigdelset(&all, SIGABRT);
	sigdelset(&all, SIGPROF);
	pthread_sigmask(SIG_SETMASK, &all, old);
}

/*
 * The first thread's is known to the loader; pthread_getattr_np would read
 * /proc for it.
 */
uintptr_t osstackend(void)
{
	extern void *__libc_stack_end;
	pthread_attr_t attr;
	void *lo;
	size_t n;
	if (osprocid() == getpid())
		return (uintptr_t)__libc_stack_end;
	if (pthread_getattr_np(pthread_self(), &attr) != 0
	    || pthread_attr_getstack(&attr, &lo, &n) != 0)
		throw("pthread_getattr_np: where a thread's stack ends");
	pthread_attr_destroy(&attr);
	return (uintptr_t)lo + n;
}

/*
 * By C's thrd_create, not pthread_create: a linker may have been told to wrap
 * that (splitstack.c), and a static program would then have none.
 */
int osthread(M *mp)
{
	thrd_t thread;
	sigset_t old;

	/* Signals sent to the process are the program's own threads'. */
	osblock(&old);
	int e = thrd_create(&thread, mthread, mp);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (e != thrd_success)
		return -EAGAIN;
	thrd_detach(thread);
	return 0;
}

int32_t osprocid(void)
{
	return (int32_t)syscall(SYS_gettid);
}

int osncpu(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return CPU_COUNT(&set);
}

void oswrite(const char *p, uint64_t n)
{
	while (n > 0) {
		ssize_t done = write(STDERR_FILENO, p, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		p += done;
		n -= (uint64_t)done;
	}
}

void osexit(int status)
{
	_exit(status);
}

void osdefault(int sig)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigaction(sig, &sa, NULL);
}

void osraise(int sig)
{
	syscall(SYS_tgkill, getpid(), osprocid(), sig);
}

void oskill(int sig)
{
	kill(getpid(), sig);
}

bool ostell(int32_t procid, int sig)
{
	return syscall(SYS_tgkill, getpid(), procid, sig) == 0
	       || errno != ESRCH;
}

bool osmine(int sig, void (*fn)(int, void *, void *))
{
	struct sigaction is;
	return sigaction(sig, NULL, &is) == 0
	       && is.sa_sigaction == (void (*)(int, siginfo_t *, void *))fn;
}

void ossigmask(const void *set)
{
	pthread_sigmask(SIG_SETMASK, set, NULL);
}

void osabort(void)
{
	sigset_t abrt;
	osdefault(SIGABRT);
	sigemptyset(&abrt);
	sigaddset(&abrt, SIGABRT);
	pthread_sigmask(SIG_UNBLOCK, &abrt, NULL);
	osraise(SIGABRT);
	_exit(2);
}

void osaltstack(void *p, uint64_t n)
{
	stack_t ss = { .ss_sp = p, .ss_size = n };
	if (sigaltstack(&ss, NULL) < 0)
		throw("sigaltstack: the kernel refuses our signal stack");
}

void ossignal(int sig, void (*fn)(int, void *, void *))
{
	struct sigaction old,
		sa = { .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };
	sa.sa_sigaction = (void (*)(int, siginfo_t *, void *))fn;
	sigfillset(&sa.sa_mask);
	/* A handler that the program has set is the program's business. */
	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
		sigaction(sig, &sa, NULL);
}

/* The executable is the first that dl_iterate_phdr tells of. */
static int editcode(struct dl_phdr_info *info, size_t size, void *fn)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
		if (ph->p_type != PT_LOAD || !(ph->p_flags & PF_X))
			continue;
		uint8_t *code = (uint8_t *)(info->dlpi_addr + ph->p_vaddr);
		uint8_t *page =
			(uint8_t *)((uintptr_t)code & -(uintptr_t)PageSize);
		uint64_t n = (uint64_t)(code + ph->p_memsz - page);
		/* What edits lies in there too: it remains code. */
		if (mprotect(page, n, PROT_READ | PROT_WRITE | PROT_EXEC) < 0)
			continue;
		(*(void (**)(uint8_t *, uint64_t))fn)(code, ph->p_memsz);
		mprotect(page, n, PROT_READ | PROT_EXEC);
	}
	return 1;
}

void oseditcode(void (*fn)(uint8_t *code, uint64_t n))
{
	dl_iterate_phdr(editcode, &fn);
}

const void *osmapfile(const char *path, uint64_t *size)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	void *p = MAP_FAILED;
	if (fstat(fd, &st) == 0 && st.st_size > 0) {
		*size = (uint64_t)st.st_size;
		p = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	}
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

NOSPLIT __attribute__((noinline)) int seterr(int e)
{
	errno = e;
	return -1;
}
