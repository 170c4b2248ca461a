/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * os_linux.c - what the runtime asks of the kernel and of libc's threads, but
 * for file descriptors: os_linux_fd.c.
 * Everything here runs on a large stack: on g0, on a thread of the program's
 * own, or on a signal stack.
 */
#include "runtime.h"

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

static int protection = PROT_READ | PROT_WRITE;

static int findexecutable(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_GNU_STACK
		    && info->dlpi_phdr[i].p_flags & PF_X)
			protection |= PROT_EXEC;
	return 0;
}

/*
 * Stacks are executable, ours as the kernel's and libc's, where the program or
 * a library of it asks for that: gcc's pointers to nested functions lead to
 * code on the stack. Not later: a goroutine may grow while the loader works.
 */
static NOSPLIT __attribute__((constructor(102))) void lookatstack(void)
{
	dl_iterate_phdr(findexecutable, NULL);
}

void *osalloc(uint64_t n)
{
	if (refused())
		return NULL;
	void *p = mmap(NULL, n, protection,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void osfree(void *p, uint64_t n)
{
	munmap(p, n);
}

/*
 * errno stays in what growing and shrinking may do: a program's function may
 * have grown its stack between the call that has set errno and its look at it.
 */
static void advise(void *p, uint64_t n, int advice)
{
	int e = errno;
	madvise(p, n, advice);
	errno = e;
}

void osrelease(void *p, uint64_t n)
{
	advise(p, n, MADV_DONTNEED);
}

void osneed(void *p, uint64_t n)
{
#ifdef MADV_POPULATE_WRITE /* Linux 5.14 */
	advise(p, n, MADV_POPULATE_WRITE);
#endif
}

/* Until *addr is no longer val, a wake-up, the deadline, or for no reason.
 * errno stays. */
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

/* errno stays: growing may wait for a lock. */
void osnap(int64_t ns)
{
	struct timespec ts = { .tv_nsec = ns };
	int e = errno;
	nanosleep(&ts, NULL);
	errno = e;
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

/*
 * The end of a file of proc(5)'s, as much as fits: a thread's status has a line
 * of all the groups that its user is in before what we want of it.
 */
typedef struct Tail {
	char text[4096];
} Tail;

static void readtail(const char *path, Tail *t)
{
	enum { Most = sizeof(t->text) - 1, Kept = Most / 2 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	while (fd >= 0 && (got = read(fd, t->text + n, Most - n)) > 0) {
		n += (size_t)got;
		if (n < Most)
			continue;
		memmove(t->text, t->text + n - Kept, Kept);
		n = Kept;
	}
	t->text[n] = '\0';
	if (fd >= 0)
		close(fd);
}

/* The number after KEY ("\nkey:"); NONE: there is none. */
static int64_t number(const Tail *t, const char *key, int64_t none)
{
	const char *at = strstr(t->text, key);
	return at ? strtoll(at + strlen(key), NULL, 10) : none;
}

/* The letter behind the thread's name, which may be anything. */
static char taskstate(int32_t procid)
{
	char path[48];
	Tail t;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", procid);
	readtail(path, &t);
	const char *at = strrchr(t.text, ')');
	return at && at[1] ? at[2] : '\0';
}

int64_t osasleep(int32_t procid)
{
	char path[48];
	Tail t;
	if (taskstate(procid) != 'S')
		return -1;
	snprintf(path, sizeof(path), "/proc/self/task/%d/status", procid);
	readtail(path, &t);
	return number(&t, "\nvoluntary_ctxt_switches:", -1);
}

int64_t osrundelay(int32_t procid)
{
	char path[48];
	Tail t;
	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", procid);
	readtail(path, &t);
	return number(&t, " ", -1); /* the second of three */
}

int64_t ostasks(void)
{
	Tail t;
	readtail("/proc/self/status", &t);
	return number(&t, "\nThreads:", INT64_MAX);
}

static pthread_key_t endkey;
static pthread_once_t endonce = PTHREAD_ONCE_INIT;
static bool endkeymade;
static void (*atend)(void *);

static void makeendkey(void)
{
	endkeymade = pthread_key_create(&endkey, atend) == 0;
}

bool osatend(void (*fn)(void *), void *arg)
{
	atend = fn; /* the same each time */
	pthread_once(&endonce, makeendkey);
	return endkeymade && pthread_setspecific(endkey, arg) == 0;
}

bool osatfork(void (*fn)(void))
{
	return pthread_atfork(NULL, NULL, fn) == 0;
}

int64_t osclock(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SEAM_S + ts.tv_nsec;
}

static int mthread(void *arg)
{
	M *mp = arg;
	sigset_t old;
	mp->thread = thrd_current();
	minit(mp);
	osownmask();
	mstart(mp);
	osblock(&old); /* the signal stack is MP's, and so the next thread's */
	mend(mp);
	if (m0.g0)
		thrd_detach(thrd_current()); /* seam_run() waits for none */
	return 0;
}

void osjoin(M *mp)
{
	thrd_join(mp->thread, NULL);
}

/*
 * The first thread's is known to the loader; pthread_getattr_np would read
 * /proc for it.
 */
uintptr_t osstackend(void)
{
	pthread_attr_t attr;
	void *lo, **first;
	size_t n;
	/* By the table of addresses, for we may be in a shared library. */
	__asm__("movq __libc_stack_end@GOTPCREL(%%rip), %0" : "=r"(first));
	if (osprocid() == getpid())
		return (uintptr_t)*first;
	if (pthread_getattr_np(pthread_self(), &attr) != 0
	    || pthread_attr_getstack(&attr, &lo, &n) != 0)
		throw("pthread_getattr_np: where a thread's stack ends");
	pthread_attr_destroy(&attr);
	return (uintptr_t)lo + n;
}

/* For who intercepts pthread_create and would not know the thread otherwise. */
static void *watchedthread(void *arg)
{
	mthread(arg);
	return NULL;
}

/*
 * By C's thrd_create, not pthread_create: a linker may have been told to wrap
 * that (splitstack.c), and a static program would then have none. But
 * AddressSanitizer must know of the thread, or it finds no leak in it: its
 * search passes over blocks whose stack ends at malloc.
 */
#pragma weak pthread_create
int osthread(M *mp)
{
	union {
		thrd_t c11;
		pthread_t posix;
	} thread;
	sigset_t old;
	bool made;

	if (refused())
		return -EAGAIN;
	osblock(&old); /* until it has its signal stack */
	if (knobs.checked && pthread_create)
		made = pthread_create(&thread.posix, NULL, watchedthread, mp)
		       == 0;
	else
		made = thrd_create(&thread.c11, mthread, mp) == thrd_success;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return made ? 0 : -EAGAIN;
}

int32_t osprocid(void)
{
	return (int32_t)syscall(SYS_gettid);
}

int osncpu(void)
{
	/* cpu_set_t has 1,024; the kernel, for x86-64, 8,192 (NR_CPUS). */
	cpu_set_t set[8];
	if (sched_getaffinity(0, sizeof(set), set) < 0)
		return 1;
	return CPU_COUNT_S(sizeof(set), set);
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

static bool holds(const struct dl_phdr_info *info, const ElfW(Phdr) * ph,
		  const void *p)
{
	uintptr_t at = (uintptr_t)p - info->dlpi_addr - ph->p_vaddr;
	return ph->p_type == PT_LOAD && at < ph->p_memsz;
}

/* Whether it is the executable or library that we are in. */
static bool isours(const struct dl_phdr_info *info)
{
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (holds(info, &info->dlpi_phdr[i], (void *)isours))
			return true;
	return false;
}

static int editcode(struct dl_phdr_info *info, size_t size, void *fn)
{
	(void)size;
	if (!isours(info))
		return 0;
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

NOSPLIT __attribute__((noinline)) int *seam_errno(void)
{
	return __errno_location();
}

NOSPLIT __attribute__((noinline)) int seterr(int e)
{
	errno = e;
	return -1;
}
