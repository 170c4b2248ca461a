/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile.c - a profiler's signal, some 10000 times a second, under load that
 * grows, switches and sends: _Unwind_Backtrace in the handler gets the whole
 * stack every time.
 *
 * Each worker climbs and counts its depth. A sample that ends in a worker has
 * to have exactly as many frames of climb() as that one has counted, give or
 * take the one that is just being entered or left; any other sample has to end
 * where its thread began.
 */
#include "scenario.h"

#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>
#include <unwind.h>

#define NOINLINE __attribute__((noinline))

enum { Workers = 4, Samples = 2000, Crossings = 40 };

static volatile int depth[Workers]; /* each written by its worker alone */
static seam_chan *chans[2];
static volatile bool over;

/* What the handlers have seen. */
static int64_t nworking;  /* ended in a worker, */
static int64_t ncrossing; /* came from where segments are entered and left */
static int64_t nother;

extern const char __morestack[];

static NOINLINE void rest(int k, int turn)
{
	char text[100];
	long v = turn;
	switch (turn % 4) {
	case 0:
		seam_yield();
		break;
	case 1:
		snprintf(text, sizeof(text), "%d %g", k, turn / 3.0);
		break;
	case 2:
		if (k % 2)
			seam_send(chans[k / 2], &v, SEAM_FOREVER);
		else
			seam_recv(chans[k / 2], &v, SEAM_FOREVER);
		break;
	default:
		break;
	}
}

static NOINLINE int climb(int k, int n, int turn)
{
	volatile char room[300];
	depth[k]++;
	room[0] = 1;
	if (n > 0)
		climb(k, n - 1, turn);
	else
		rest(k, turn);
	depth[k]--;
	return room[0];
}

/* Partners in a channel take the same number of turns. */
static inline __attribute__((always_inline)) void work(int k)
{
	for (int turn = 0; !over || turn % 4; turn++) {
		climb(k, turn % 40, turn);
		climb(k, 1, 3);
	}
}

#define WORKER(k)                                                              \
	static NOINLINE void worker##k(void *arg)                              \
	{                                                                      \
		(void)arg;                                                     \
		work(k);                                                       \
		depth[k] = 0;                                                  \
	}
WORKER(0)
WORKER(1)
WORKER(2)
WORKER(3)

static void (*const workers[Workers])(void *) = {
	worker0,
	worker1,
	worker2,
	worker3,
};

typedef struct Walk {
	int frames;
	int climbs;
	int worker; /* -1: none yet */
	bool broken;
	bool crossing;
} Walk;

static int workerat(uintptr_t function)
{
	for (int k = 0; k < Workers; k++)
		if ((uintptr_t)workers[k] == function)
			return k;
	return -1;
}

static _Unwind_Reason_Code frame(struct _Unwind_Context *context, void *arg)
{
	Walk *w = arg;
	uintptr_t function = _Unwind_GetRegionStart(context);
	if (!_Unwind_GetIP(context))
		return _URC_NO_REASON; /* 0 behind the outermost */
	/* The handler, and the kernel's way into it, come first. */
	if (w->frames++ == 2 && function == (uintptr_t)__morestack)
		w->crossing = true;
	if (function == (uintptr_t)climb) {
		w->broken |= w->worker >= 0;
		w->climbs++;
	}
	if (workerat(function) >= 0)
		w->worker = workerat(function);
	return _URC_NO_REASON;
}

static void count(int64_t *n)
{
	__atomic_add_fetch(n, 1, __ATOMIC_RELAXED);
}

static void wrong(const Walk *w, int end)
{
	char line[200];
	int n = snprintf(
		line, sizeof(line),
		"end %d, %d frames, %d climbs, worker %d of depth %d\n", end,
		w->frames, w->climbs, w->worker,
		w->worker < 0 ? 0 : depth[w->worker]);
	if (write(STDERR_FILENO, line, (size_t)n) == n)
		_exit(1);
}

static void sample(int sig)
{
	Walk w = { .worker = -1 };
	int e = errno;
	(void)sig;
	int end = _Unwind_Backtrace(frame, &w);
	int missing = w.worker < 0 ? 0 : w.climbs - depth[w.worker];
	if (end != _URC_END_OF_STACK || w.broken || missing < 0 || missing > 1
	    || (w.worker < 0 && w.climbs))
		wrong(&w, end);
	count(w.worker < 0 ? &nother : &nworking);
	if (w.crossing)
		count(&ncrossing);
	errno = e;
}

/*
 * The profiler. Not by a timer of the process's own, whose ticks are the
 * kernel's, 250 a second.
 */

static int tasks(int *tids, int most)
{
	int n = 0, tid;
	DIR *d = opendir("/proc/self/task");
	for (struct dirent *e; d && (e = readdir(d)) && n < most;)
		if ((tid = atoi(e->d_name)) && tid != (int)syscall(SYS_gettid))
			tids[n++] = tid;
	closedir(d);
	return n;
}

/* In a test that is to be short; in another it goes on for $SECONDS. */
static bool enough(int64_t begun)
{
	const char *s = getenv("SECONDS");
	return seam_now() - begun >= (s ? atoi(s) : 0) * SEAM_S
	       && __atomic_load_n(&nworking, __ATOMIC_RELAXED) >= Samples
	       && __atomic_load_n(&ncrossing, __ATOMIC_RELAXED) >= Crossings;
}

static void *profiler(void *arg)
{
	const struct timespec period = { .tv_nsec = 40 * 1000 };
	int64_t begun = seam_now();
	int tids[64];
	while (!enough(begun)) {
		int n = tasks(tids, 64);
		for (int i = 0; i < 1000; i++) {
			syscall(SYS_tgkill, getpid(), tids[i % n], SIGPROF);
			nanosleep(&period, NULL);
		}
	}
	over = true;
	printf("%ld samples in workers, %ld elsewhere, %ld at seams, in %g s\n",
	       (long)nworking, (long)nother, (long)ncrossing,
	       (double)(seam_now() - begun) / SEAM_S);
	fflush(stdout);
	return arg;
}

static void start_profiler(void)
{
	struct sigaction on_prof = { .sa_handler = sample,
				     .sa_flags = SA_ONSTACK | SA_RESTART };
	pthread_t thread;
	sigset_t all, old;
	sigaction(SIGPROF, &on_prof, NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	CHECK(pthread_create(&thread, NULL, profiler, NULL) == 0);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void everybody(void *arg)
{
	int64_t ids[Workers];
	(void)arg;
	for (int i = 0; i < 2; i++)
		chans[i] = seam_chan_make(sizeof(long), 1);
	for (int k = 0; k < Workers; k++)
		ids[k] = seam_go(workers[k], NULL);
	start_profiler();
	while (!over)
		seam_sleep(SEAM_MS);
	for (int i = 0; i < 2; i++)
		seam_chan_close(chans[i]);
	for (int k = 0; k < Workers; k++)
		CHECK(seam_join(ids[k], SEAM_FOREVER) == 0);
}

static void test_profile(void **state)
{
	(void)state;
	ends_well(everybody);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_profile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
