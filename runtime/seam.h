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
 * deadline ends fails with ETIMEDOUT.
 *
 * Who may call: unless it says otherwise a function is for goroutines; called
 * from a thread that runs none it fails with EPERM (seam_id() returns 0).
 *
 * Goroutines move between threads whenever they wait: do not keep the address
 * of a thread-local variable, errno included, across a call that can wait.
 */
#ifndef SEAM_H
#define SEAM_H

#include <stddef.h>
#include <stdint.h>

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
 * SEAM_MAXPROCS sets the number of threads (default: the processors).
 * For ordinary threads; fails with EALREADY when the runtime runs or has run,
 * EINVAL when FN is NULL, EAGAIN when a thread cannot be made.
 * Ends the process with status 2 and a list of all goroutines when none of
 * them can ever run again (SEAM_TRACEBACK=crash: by SIGABRT, for the core).
 */
int seam_run(void (*fn)(void *arg), void *arg);

/*
 * Start FN(ARG) as a new goroutine. Return its id (2, 3, ...: never used
 * twice). Fails with EINVAL when FN is NULL, ENOMEM without memory.
 */
int64_t seam_go(void (*fn)(void *arg), void *arg);

/* Let others run. Returns when it is this goroutine's turn again. */
int seam_yield(void);

/* Wait for NS nanoseconds; 0 or less is seam_yield(). */
int seam_sleep(int64_t ns);

/* End the calling goroutine now. Goroutine 1 ends seam_run() with it. */
void seam_exit(void) __attribute__((noreturn));

/* The running goroutine's id; 0 on a thread that runs none. */
int64_t seam_id(void);

/*
 * Name the running goroutine: the first 15 bytes of NAME are copied. For
 * whoever reads a list of goroutines. Fails with EINVAL when NAME is NULL.
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
 * May be called from any thread. Fails with EINVAL under 64 KiB.
 */
int seam_setmaxstack(size_t bytes);

/* Nanoseconds on the monotonic clock. May be called from any thread. */
int64_t seam_now(void);

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
 * May be called from any thread. Fails with ENOMEM, or with EINVAL when
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
 * Free a channel that nobody uses any more. Fails with EBUSY, and frees
 * nothing, while a goroutine waits on it. NULL is allowed. May be called from
 * any thread.
 */
int seam_chan_free(seam_chan *c);

/*
 * Stacks: what a program may replace
 *
 * stackalloc(n) returns N bytes (a power of two, 2048 or more), aligned to 16,
 * for a segment, or NULL; stackfree(p) takes them back when nobody stands on
 * them any more. Define both in the program and the linker takes them in
 * place of the library's, which are mal() and mfree(). They run on the
 * system stack of a thread and must not call back into the runtime, other
 * than mal() and mfree(), its allocator: never malloc() underneath.
 */
void *stackalloc(uint64_t n);
void stackfree(void *p);
void *mal(uint64_t n);
void mfree(void *p);

#ifdef __cplusplus
}
#endif
#endif
