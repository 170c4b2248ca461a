/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seam.h - goroutines on segmented stacks for C.
 *
 * A goroutine is a function that runs beside the others on a stack that
 * starts at a few KB and grows by itself. Compile with -fsplit-stack and link
 * with gold or lld: `cc prog.c $(pkg-config --cflags --libs seam)` does both.
 *
 *	static void hello(void *arg) { puts(arg); }
 *	static void start(void *arg) { seam_go(hello, "hi"); seam_yield(); }
 *	int main(void) { return seam_run(start, NULL); }
 *
 * Errors: a function that can fail returns -1 or NULL and sets errno.
 * Deadlines are nanoseconds on the clock of seam_now(); SEAM_FOREVER waits
 * without end, 0 (or any time gone by) does not wait at all. A wait that the
 * deadline ends fails with ETIMEDOUT; one that seam_cancel() ends, or the end
 * of the runtime, with ECANCELED, which is not said again below.
 *
 * Who may call: goroutines, and while the runtime runs any thread of the
 * program, which then waits itself where a goroutine would. What a thread may
 * not, and what may be called when the runtime does not run, is said below;
 * otherwise it fails with EPERM then, or when a thread's first call finds no
 * memory. A thread is no goroutine: it has no id and no name. With
 * SEAM_MAXPROCS=1 under seam_run() the first call of the first thread waits
 * until the goroutine that runs next waits, yields or ends.
 *
 * Goroutines move between threads whenever they wait: do not keep the address
 * of a thread-local variable across a call that can wait. errno: seam_errno().
 */
#ifndef SEAM_H
#define SEAM_H

/*
 * Its endbr64 comes before the stack check, and then linkers do not find that
 * to widen it: a call of libc would overrun the stack.
 */
#if defined(__CET__) && __CET__ & 1
#error "seam: compile with -fcf-protection=none or -fcf-protection=return"
#endif

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SEAM_UNDER_TSAN
#endif
#elif defined(__SANITIZE_THREAD__)
#define SEAM_UNDER_TSAN
#endif
#ifdef SEAM_UNDER_TSAN
#error "ThreadSanitizer keeps a stack of calls for each thread, but goroutines \
move between threads, and it does not see the locks of seam.h: see docs/checkers.md"
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define SEAM_FOREVER INT64_MAX
#define SEAM_US	     INT64_C(1000)
#define SEAM_MS	     INT64_C(1000000)
#define SEAM_S	     INT64_C(1000000000)

/*
 * Goroutines
 */

/*
 * Start the runtime and run FN(ARG) as goroutine 1, named "main". Return 0
 * when FN returns; each goroutine that is left then stops for good where it
 * next waits. One that runs on the calling thread is let get there first.
 * SEAM_MAXPROCS sets how many threads run goroutines (default: the processors).
 * For ordinary threads; fails with EALREADY when the runtime runs or has run,
 * EINVAL when FN is NULL, EAGAIN when a thread cannot be made, ENOMEM.
 * Ends the process with status 2 and a list of all goroutines when none of
 * them can ever run again (SEAM_TRACEBACK=crash: by SIGABRT, for the core):
 * none has a deadline or waits for a descriptor, and each thread of the
 * process waits, without a deadline, in a function of this header as well.
 * SIGQUIT ends it likewise, unless the program handles it
 * (SEAM_TRACEBACK=continue: goes on).
 */
int seam_run(void (*fn)(void *arg), void *arg);

/*
 * Start the runtime in threads of its own and return: for libraries, and for
 * programs whose threads have other work. There is no goroutine 1. Fails with
 * EALREADY when the runtime runs or seam_run() has returned; EAGAIN, ENOMEM.
 * After fork() the child has none of these threads: nothing here works in it.
 */
int seam_start(void);

/*
 * Wait until all goroutines have ended, which is the program's business, and
 * end what seam_start() began. Waits of threads end with ECANCELED; then the
 * runtime's threads are gone, all but some memory is given back, and
 * seam_start() may be called again. Others should call nothing meanwhile.
 * Fails with ETIMEDOUT while a goroutine lives (the runtime goes on), EPERM
 * when not begun by seam_start(), EDEADLK in a goroutine.
 */
int seam_stop(int64_t deadline);

/*
 * Start FN(ARG) as a new goroutine. Return its id (2, 3, ...: never used
 * twice). Fails with EINVAL when FN is NULL, ENOMEM without memory.
 */
int64_t seam_go(void (*fn)(void *arg), void *arg);

/* Let others run. Returns when it is the caller's turn again. */
int seam_yield(void);

/*
 * Wait for NS nanoseconds; 0 or less is seam_yield(). Fails with ECANCELED
 * when it is cut short by seam_cancel().
 */
int seam_sleep(int64_t ns);

/*
 * End the calling goroutine now. Goroutine 1 ends seam_run() with it. A thread
 * that is no goroutine ends the process with a message.
 */
void seam_exit(void) __attribute__((noreturn));

/* The running goroutine's id; 0 on a thread that runs none. */
int64_t seam_id(void);

/*
 * Wait until goroutine ID has ended, its destructors of seam_key_make()
 * included; 0 at once if it has. Any number may wait for one. Fails with
 * ESRCH when no goroutine was ever given this ID, EDEADLK for the caller's
 * own, ETIMEDOUT.
 * A goroutine is known by its id and not by a handle, so that nobody has to
 * release one, and neither seam_go() nor a goroutine's end pays for those that
 * nobody joins. The price is here: an id that is not among the 4096 looked at
 * last is searched for in the list of all goroutines, without stopping them.
 */
int seam_join(int64_t id, int64_t deadline);

/*
 * Cancel goroutine ID: the call in which it waits now fails with ECANCELED,
 * and so does from now on, at once, each call that is given a deadline later
 * than 0, and seam_sleep() of more than 0: also where it need not have waited,
 * so that one who always finds work hears of it, and also for locks. What it
 * needs to clean up and end are calls that do not wait: unlocking,
 * seam_wg_done(), closing a channel, a deadline of 0. Does not wait for its
 * end: that is seam_join(). Cancelling twice, or one that has ended, is no
 * error; oneself is allowed. Searches as seam_join(); fails with ESRCH when no
 * goroutine was ever given this ID.
 */
int seam_cancel(int64_t id);

/*
 * Name the running goroutine, for who reads a list of them: NAME's first 15
 * bytes are copied. Fails with EINVAL when NAME is NULL, EPERM on a thread.
 */
int seam_setname(const char *name);

/*
 * The running goroutine's name, "" until named. The goroutine's own memory:
 * valid until it ends. NULL with EPERM on a thread that runs none.
 */
const char *seam_name(void);

/*
 * Let the stack of each goroutine grow to BYTES at the most (1 GiB unless
 * set). One that needs more ends the process with a message that names it.
 * May be called at any time. Fails with EINVAL under 64 KiB.
 */
int seam_setmaxstack(size_t bytes);

/* Nanoseconds on the monotonic clock. May be called at any time. */
int64_t seam_now(void);

/*
 * Where errno, which goes with the goroutine, is on its thread now. libc says
 * that this never changes, and compilers keep it. Not for `errno = f()` where f
 * waits: it may be asked before. May be called at any time, anywhere.
 */
int *seam_errno(void);
#undef errno
#define errno (*seam_errno())

/*
 * In the objects below: who waits, longest first. The runtime's own.
 */
struct Waiter;
struct seam_waitq {
	struct Waiter *first;
	struct Waiter *last;
};

/*
 * Channels
 *
 * A channel carries elements of one size between goroutines, in order. With
 * capacity 0 a send waits for its receiver; otherwise up to CAP elements wait
 * in the channel.
 */

typedef struct Chan seam_chan;

/*
 * Make a channel. The caller owns it and frees it with seam_chan_free().
 * May be called at any time. Fails with ENOMEM, or with EINVAL when
 * ELEMSIZE * CAP passes 1 GiB. ELEMSIZE may be 0: a channel of events.
 */
seam_chan *seam_chan_make(size_t elemsize, size_t cap);

/*
 * Send the element at V (not read where the element size is 0). Fails with
 * EPIPE when the channel is closed, also while waiting; EINVAL when C is
 * NULL; ETIMEDOUT.
 */
int seam_send(seam_chan *c, const void *v, int64_t deadline);

/*
 * Receive an element into V (NULL: throw it away). Fails with EPIPE when the
 * channel is closed and empty; EINVAL when C is NULL; ETIMEDOUT. V is not
 * touched on failure.
 */
int seam_recv(seam_chan *c, void *v, int64_t deadline);

/*
 * Close: sends fail from now on, receives take what is left and then fail.
 * Wakes everyone who waits. Fails with EPIPE when already closed, EINVAL when
 * C is NULL.
 */
int seam_chan_close(seam_chan *c);

/* Elements waiting in the channel, and the most that can. 0 when C is NULL. */
size_t seam_chan_len(seam_chan *c);
size_t seam_chan_cap(seam_chan *c);

/*
 * Free a channel that nobody uses. Fails with EBUSY, and frees nothing, while
 * somebody waits on it. NULL is allowed. May be called at any time.
 */
int seam_chan_free(seam_chan *c);

/*
 * Select: the first of several sends and receives
 */

enum { SEAM_SEND = 1, SEAM_RECV };

typedef struct seam_clause {
	int op;		 /* SEAM_SEND or SEAM_RECV */
	seam_chan *chan; /* NULL: never ready */
	void *value;	 /* as for seam_send(), seam_recv() */
} seam_clause;

/*
 * Wait until one of the N clauses can be done, do that one and no other, and
 * return its index; of several that can be done each has its chance. errno is
 * then 0, or EPIPE where the clause found its channel closed (receiving: and
 * empty), which makes it ready. With a deadline of 0 it returns at once: the
 * default case. A channel may be named more than once. Fails, returns -1,
 * with ETIMEDOUT; EINVAL for an OP that is neither, a VALUE that seam_send()
 * would not take, N below 0 or above 256; ENOMEM for more than 4.
 */
int seam_select(seam_clause *clauses, int n, int64_t deadline);

/*
 * Objects shared between goroutines
 *
 * They begin as zeros: seam_mutex m = { 0 }. Their members are the runtime's
 * own. They need not be freed; their memory may go, unless it says otherwise,
 * when no call that was given them is under way any more. NULL for one fails
 * with EINVAL.
 */

typedef struct seam_mutex {
	uint32_t state;
	uint32_t guard;
	struct G *owner; /* NULL: free */
	struct seam_waitq waiters;
} seam_mutex;

/*
 * Lock M. Fails with EDEADLK when the caller has locked it already,
 * ETIMEDOUT. Who runs may lock it before those who wait, once: see mutex.c.
 */
int seam_lock(seam_mutex *m, int64_t deadline);

/* The same without waiting. Fails with EBUSY when it is locked. */
int seam_trylock(seam_mutex *m);

/* Fails with EPERM when the caller has not locked M. */
int seam_unlock(seam_mutex *m);

typedef struct seam_rwlock {
	uint32_t state;
	uint32_t guard;
	struct G *writer; /* NULL: free, or locked by readers */
	struct seam_waitq waiters;
} seam_rwlock;

/*
 * Lock RW together with other readers, or for oneself. First come, first
 * served: while a writer waits, new readers wait behind it, so a reader must
 * not lock it a second time. Fail with EDEADLK when the caller has it as the
 * writer, ETIMEDOUT.
 */
int seam_rdlock(seam_rwlock *rw, int64_t deadline);
int seam_wrlock(seam_rwlock *rw, int64_t deadline);

/*
 * Fails with EPERM when it is not locked, or locked by another writer. Who
 * the readers are is not known.
 */
int seam_rwunlock(seam_rwlock *rw);

typedef struct seam_cond {
	uint32_t guard;
	struct seam_waitq waiters;
} seam_cond;

/*
 * Unlock M and wait until C is signalled; lock M again, which neither the
 * deadline nor seam_cancel() stops, and return. Nobody is woken for nothing,
 * but others may lock M in between: look at the condition again. Fails with
 * EPERM when the caller has not locked M, ETIMEDOUT (with a deadline of 0
 * without unlocking M).
 */
int seam_cond_wait(seam_cond *c, seam_mutex *m, int64_t deadline);

/* Wake the one, or all, who wait on C; M need not be locked. */
int seam_cond_signal(seam_cond *c);
int seam_cond_broadcast(seam_cond *c);

typedef struct seam_waitgroup {
	int64_t count;
	uint32_t guard;
	struct seam_waitq waiters;
} seam_waitgroup;

/*
 * Add N (may be negative), or -1, to the count. When it comes to 0, those who
 * wait go on. Fail with EINVAL when it would go below 0 or out of range.
 */
int seam_wg_add(seam_waitgroup *wg, int64_t n);
int seam_wg_done(seam_waitgroup *wg);

/*
 * Wait until the count is 0. Fails with ETIMEDOUT. The memory of a WG whose
 * last user has called seam_wg_done() may go when this returns 0.
 */
int seam_wg_wait(seam_waitgroup *wg, int64_t deadline);

typedef struct seam_once_t {
	uint32_t state;
	uint32_t guard;
	struct G *runner; /* NULL: it does not run */
	struct seam_waitq waiters;
} seam_once_t;

/*
 * Call FN(ARG) if nobody has yet with this O; return when it has returned.
 * seam_cancel() does not end the wait for another's call. Fails with EDEADLK
 * when called by FN itself, EINVAL when FN is NULL. FN must return.
 */
int seam_once(seam_once_t *o, void (*fn)(void *arg), void *arg);

/*
 * Values of each goroutine's own
 */

/*
 * Make a key, under which each goroutine can keep a pointer, and each thread;
 * never given back. When it ends, DESTRUCTOR (may be NULL) is called on its
 * stack with its value, unless that is NULL; values that destructors set are
 * destroyed too, up to four times over. May be called at any time. Returns the
 * key, 0 or more; fails with EAGAIN after 32 of them.
 */
int seam_key_make(void (*destructor)(void *value));

/* Fails with EINVAL when KEY was not made; ENOMEM. */
int seam_setlocal(int key, void *value);

/* NULL until set; also with EINVAL when KEY was not made, or with EPERM. */
void *seam_getlocal(int key);

/*
 * Files and sockets
 *
 * In these calls the goroutine alone waits, not its thread. Any descriptor
 * will do, read and written by several goroutines at once; its first use here
 * sets O_NONBLOCK. It is to be closed by seam_close() then: the runtime
 * remembers it. Fail besides as read(2), write(2), accept(2), connect(2) do,
 * EAGAIN and EINTR excepted, and with EBADF when seam_close() is called
 * meanwhile, ETIMEDOUT, ENOMEM. A deadline of 0 tries once.
 */

/* Read up to N bytes, as many as are there. Returns 0 at the end. */
ssize_t seam_read(int fd, void *buf, size_t n, int64_t deadline);

/*
 * Write N bytes. Returns N, or fewer when it failed after so many; errno says
 * why. What several goroutines write may mix where one has to wait. A socket
 * whose other end is gone fails with EPIPE and raises no SIGPIPE; a pipe does
 * raise it.
 */
ssize_t seam_write(int fd, const void *buf, size_t n, int64_t deadline);

/*
 * Accept a connection. Its descriptor has O_NONBLOCK and FD_CLOEXEC set. ADDR
 * may be NULL.
 */
int seam_accept(int fd, struct sockaddr *addr, socklen_t *size,
		int64_t deadline);

/*
 * Connect. After ETIMEDOUT or ECANCELED it goes on by itself: call it again,
 * or close it.
 */
int seam_connect(int fd, const struct sockaddr *addr, socklen_t size,
		 int64_t deadline);

enum { SEAM_IN = 1, SEAM_OUT = 2 };

/*
 * Wait until FD can be read (SEAM_IN), written (SEAM_OUT), or either
 * (SEAM_IN | SEAM_OUT), errors and the end included, for calls of the
 * program's own. Returns those that it can. Fails with EINVAL for other EVENTS.
 */
int seam_wait_fd(int fd, int events, int64_t deadline);

/*
 * Close FD. Whoever waits for it is woken and fails with EBADF, and so does
 * who uses it from now on. The kernel gets the number back when the last of
 * their calls has returned: no call finds another file under it.
 */
int seam_close(int fd);

/*
 * Return FN(ARG), called on the large stack of a thread that it may keep as
 * long as it likes: other goroutines run on another one meanwhile. For calls
 * that wait in the kernel (getaddrinfo, flock, sleep) or take long; those on
 * regular files above go by it. FN must not call seam_...() but seam_now() and
 * seam_errno(); errno is as FN leaves it. Some 1000 such calls can be under
 * way; beyond that others run when one of them returns. On a thread that runs
 * no goroutine FN is simply called. NULL with EINVAL when FN is NULL. Without
 * it such a call holds up those on the same thread until it is noticed, by
 * /proc, which takes some 10 to 20 ms.
 */
void *seam_blocking(void *(*fn)(void *arg), void *arg);

/*
 * Stacks: what a program may replace
 *
 * stackalloc(n) returns N bytes (1600 or a power of two from 2048), aligned to
 * 16, for a segment, or NULL; stackfree(p) takes them back when nobody stands
 * on them any more. Define both in the program and the linker takes them in
 * place of the library's, which are mal() and mfree(). They run on the
 * system stack of a thread and must not call back into the runtime, other than
 * seam_errno(), mal() and mfree(), its allocator: never malloc() underneath.
 */
void *stackalloc(uint64_t n);
void stackfree(void *p);
void *mal(uint64_t n);
void mfree(void *p);

/*
 * Stacks: for a garbage collector
 *
 * What lies from LIVE up to HI may hold the program's pointers: pieces of the
 * stack of goroutine ID and its values of seam_setlocal(), or, where ID is 0,
 * of the own stack and the registers of a thread that runs goroutines. From LO
 * up to HI is the whole of a segment, or else the same; all of it holds nothing
 * where LIVE is HI.
 */
typedef struct seam_stack {
	int64_t id;
	void *lo;
	void *hi;
	void *live;
} seam_stack;

/*
 * Call FN(S, ARG) for each such piece and then, for marking, FN(NULL, ARG),
 * while every thread that runs goroutines stands still, wherever it is: in
 * malloc() too, so FN must take no lock that others take and call nothing of
 * this file but errno. It runs on a large stack. Of a goroutine in
 * seam_blocking() all of its segments count as live. Not among the pieces, the
 * program's to look after: what waits in a channel's buffer, its own threads.
 * Threads are stopped by SIGURG, as soon as they neither block it nor run a
 * signal handler; system calls that are not restarted, as sleep(3), end early.
 * From any thread, not from a signal handler. Fails with EBUSY when the
 * program handles SIGURG itself, EDEADLK when FN calls it, EINVAL when FN is
 * NULL.
 */
int seam_foreach_stack(void (*fn)(const seam_stack *s, void *arg), void *arg);

#ifdef __cplusplus
}
#endif
#endif
