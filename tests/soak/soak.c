/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * soak.c - soak [MINUTES]: goroutines that come and go, sleep, grow, meet in
 * channels and use sockets, for as long as it is told to.
 *
 * Right is: each worker has always gone on within the last half minute (no
 * wake-up is lost), memory is after the first fifth of the time what it is in
 * the end, and every count is exact. Says a line a minute; status 1 and words
 * when something is wrong.
 */
#include <seam.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

enum {
	Churners = 16,
	Pairs = 16,
	Echoes = 8,
	Lockers = 8,
	Workers = Churners + 2 * Pairs + 2 * Echoes + Lockers,
	Batch = 50,    /* goroutines that a churner has at a time */
	Depth = 120,   /* frames of 500 bytes and more */
	Patience = 30, /* seconds */
};

/* How often each worker has gone round. */
static struct Worker {
	int64_t rounds;
	int64_t seen; /* at the last look, */
	int64_t when; /* which saw it move */
	const char *what;
} workers[Workers];
static int nworkers;
static bool over;
static seam_waitgroup running;

static int64_t started, ended;	/* by churners */
static int64_t sent, received;	/* sums of numbers in channels */
static int64_t asked, answered; /* bytes through sockets */
static int64_t locked;		/* guarded by lock */
static seam_mutex lock;

static void fail(const char *what, int64_t a, int64_t b)
{
	fprintf(stderr, "soak: %s: %ld, %ld\n", what, (long)a, (long)b);
	abort();
}

static bool stopped(void)
{
	return __atomic_load_n(&over, __ATOMIC_RELAXED);
}

static void add(int64_t *sum, int64_t n)
{
	__atomic_add_fetch(sum, n, __ATOMIC_RELAXED);
}

/* Each worker's own. */
static uint32_t next(uint32_t *random)
{
	*random = *random * 1664525 + 1013904223;
	return *random >> 16;
}

static NOINLINE int64_t grow(int n)
{
	volatile char room[500];
	room[0] = 1;
	return n ? grow(n - 1) + room[0] : 0;
}

static void deepen(uint32_t *random)
{
	int n = (int)(next(random) % Depth);
	if (grow(n) != n)
		fail("a stack that grew lost something", n, 0);
}

static struct Worker *newworker(const char *what)
{
	int i = __atomic_fetch_add(&nworkers, 1, __ATOMIC_RELAXED);
	workers[i].what = what;
	return &workers[i];
}

static void turn(struct Worker *w)
{
	add(&w->rounds, 1);
}

static void nap(uint32_t *random)
{
	int64_t ns = next(random) % 3000 * SEAM_US, begun = seam_now();
	if (seam_sleep(ns) != 0 || seam_now() - begun < ns)
		fail("a sleep was too short", ns, seam_now() - begun);
}

static void shortlived(void *wg)
{
	uint32_t random = (uint32_t)seam_id();
	if (random % 4 == 0)
		nap(&random);
	deepen(&random);
	add(&ended, 1);
	seam_wg_done(wg);
}

static void churner(void *arg)
{
	struct Worker *w = newworker("churn");
	seam_waitgroup wg = { 0 };
	(void)arg;
	for (; !stopped(); turn(w)) {
		seam_wg_add(&wg, Batch);
		for (int i = 0; i < Batch; i++)
			if (seam_go(shortlived, &wg) < 0)
				fail("seam_go", started, ended);
		add(&started, Batch);
		if (seam_wg_wait(&wg, SEAM_FOREVER) != 0)
			fail("seam_wg_wait", started, ended);
	}
	seam_wg_done(&running);
}

static void sender(void *chan)
{
	struct Worker *w = newworker("send");
	uint32_t random = (uint32_t)seam_id();
	for (; !stopped(); turn(w)) {
		int64_t v = next(&random);
		/* Some waits are cut short, or do not begin. */
		while (seam_send(chan, &v, seam_now() + v % 200 * SEAM_US) != 0)
			seam_yield();
		add(&sent, v);
		if (v % 64 == 0)
			nap(&random);
		if (v % 16 == 0)
			deepen(&random);
	}
	seam_chan_close(chan);
	seam_wg_done(&running);
}

static void receiver(void *chan)
{
	struct Worker *w = newworker("receive");
	int64_t v;
	for (; seam_recv(chan, &v, SEAM_FOREVER) == 0; turn(w))
		add(&received, v);
	seam_chan_free(chan);
	seam_wg_done(&running);
}

static void client(void *arg)
{
	struct Worker *w = newworker("ask");
	uint32_t random = (uint32_t)seam_id();
	int fd = (int)(intptr_t)arg;
	char out[256], in[256];
	for (; !stopped(); turn(w)) {
		ssize_t n = 1 + next(&random) % sizeof(out), got = 0;
		memset(out, (int)random, (size_t)n);
		if (seam_write(fd, out, (size_t)n, SEAM_FOREVER) != n)
			fail("seam_write", n, 0);
		add(&asked, n);
		for (ssize_t r; got < n; got += r)
			if ((r = seam_read(fd, in + got, (size_t)(n - got),
					   SEAM_FOREVER))
			    <= 0)
				fail("seam_read", n, got);
		if (memcmp(in, out, (size_t)n) != 0)
			fail("an answer is not what was asked", n, got);
		add(&answered, n);
		if (random % 8 == 0)
			nap(&random);
	}
	seam_close(fd);
	seam_wg_done(&running);
}

static void echo(void *arg)
{
	struct Worker *w = newworker("echo");
	int fd = (int)(intptr_t)arg;
	char buf[256];
	for (ssize_t n; (n = seam_read(fd, buf, sizeof(buf), SEAM_FOREVER)) > 0;
	     turn(w))
		if (seam_write(fd, buf, (size_t)n, SEAM_FOREVER) != n)
			fail("seam_write", n, 0);
	seam_close(fd);
	seam_wg_done(&running);
}

static void locker(void *arg)
{
	struct Worker *w = newworker("lock");
	(void)arg;
	for (; !stopped(); turn(w)) {
		if (seam_lock(&lock, SEAM_FOREVER) != 0)
			fail("seam_lock", locked, 0);
		int64_t n = locked;
		if (n % 16 == 0)
			seam_yield();
		locked = n + 1;
		seam_unlock(&lock);
		if (n % 64 == 0)
			seam_sleep(SEAM_US);
	}
	seam_wg_done(&running);
}

static void work(void (*fn)(void *), void *arg)
{
	seam_wg_add(&running, 1);
	if (seam_go(fn, arg) < 0)
		fail("seam_go", nworkers, 0);
}

static void begin(void)
{
	int fds[2];
	for (int i = 0; i < Churners; i++)
		work(churner, NULL);
	for (int i = 0; i < Pairs; i++) {
		seam_chan *c = seam_chan_make(sizeof(int64_t), (size_t)i % 4);
		work(sender, c);
		work(receiver, c);
	}
	for (int i = 0; i < Echoes; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
			fail("socketpair", i, 0);
		work(client, (void *)(intptr_t)fds[0]);
		work(echo, (void *)(intptr_t)fds[1]);
	}
	for (int i = 0; i < Lockers; i++)
		work(locker, NULL);
}

/* Somebody who does not move has lost a wake-up. */
static void look(void)
{
	int64_t now = seam_now();
	for (int i = 0; i < Workers; i++) {
		struct Worker *w = &workers[i];
		int64_t n = __atomic_load_n(&w->rounds, __ATOMIC_RELAXED);
		if (n != w->seen || !w->when)
			w->when = now;
		w->seen = n;
		if (now - w->when > Patience * SEAM_S)
			fail(w->what ? w->what : "never begun", i, n);
	}
}

/* Bytes of this process in memory. */
static int64_t resident(void)
{
	long size, pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");
	if (!f || fscanf(f, "%ld %ld", &size, &pages) != 2)
		fail("/proc/self/statm", 0, 0);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

static void tell(int64_t second)
{
	printf("%2ld:%02ld  %ld goroutines, %ld bytes echoed, %ld locks, %ld "
	       "KB\n",
	       (long)(second / 60), (long)(second % 60), (long)ended,
	       (long)answered, (long)locked, (long)resident() / 1024);
	fflush(stdout);
}

static void check(int64_t most, int64_t early)
{
	int64_t locks = 0;
	for (int i = 0; i < Workers; i++)
		if (strcmp(workers[i].what, "lock") == 0)
			locks += workers[i].rounds;
	if (started != ended)
		fail("goroutines started and ended", started, ended);
	if (sent != received)
		fail("sent and received", sent, received);
	if (asked != answered)
		fail("asked and answered", asked, answered);
	if (locks != locked)
		fail("locks taken and counted", locks, locked);
	/* A page here and there moves; a leak of 64 bytes a goroutine is more.
	 */
	if (most > early + early / 8)
		fail("memory has grown from, to", early, most);
}

static void soak(void *arg)
{
	int64_t seconds = 60 * *(int64_t *)arg, early = 0, most = 0;
	begin();
	for (int64_t s = 1; s <= seconds; s++) {
		seam_sleep(SEAM_S);
		look();
		int64_t now = resident();
		if (s <= seconds / 5)
			early = now > early ? now : early;
		most = now > most ? now : most;
		if (s % 60 == 0)
			tell(s);
	}
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	if (seam_wg_wait(&running, seam_now() + Patience * SEAM_S) != 0)
		fail("not all have come to their end", running.count, 0);
	check(most, early);
}

int main(int argc, char **argv)
{
	int64_t minutes = argc > 1 ? atoi(argv[1]) : 20;
	return seam_run(soak, &minutes);
}
