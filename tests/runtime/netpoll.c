/* SPDX-License-Identifier: BSD-2-Clause */
/* netpoll.c - waiting for descriptors, and what ends that. */
#include "descriptors.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

/* Errors */

static void errors(void *arg)
{
	int fds[2], file = open("/dev/null", O_RDWR);
	char c = 0;
	(void)arg;
	CHECK(pipe(fds) == 0);
	FAILS(seam_read(-1, &c, 1, SEAM_FOREVER), EBADF);
	FAILS(seam_write(1000, &c, 1, SEAM_FOREVER), EBADF);
	FAILS(seam_close(-1), EBADF);
	FAILS(seam_close(1000), EBADF);
	FAILS(seam_wait_fd(fds[0], 0, SEAM_FOREVER), EINVAL);
	FAILS(seam_wait_fd(fds[0], 4, SEAM_FOREVER), EINVAL);
	FAILS(seam_read(fds[1], &c, 1, SEAM_FOREVER), EBADF);
	FAILS(seam_read(fds[0], &c, 1, 0), ETIMEDOUT);
	FAILS(seam_read(fds[0], &c, 1, seam_now() + SEAM_MS), ETIMEDOUT);
	FAILS(seam_wait_fd(fds[0], SEAM_IN, 0), ETIMEDOUT);
	FAILS(seam_accept(file, NULL, NULL, SEAM_FOREVER), ENOTSOCK);
	FAILS(seam_connect(file, NULL, 0, SEAM_FOREVER), ENOTSOCK);
	CHECK(seam_read(fds[0], &c, 0, SEAM_FOREVER) == 0);
	CHECK(seam_write(fds[1], "ab", 2, 0) == 2);
	CHECK(seam_wait_fd(fds[0], SEAM_IN, SEAM_FOREVER) == SEAM_IN);
	CHECK(seam_read(fds[0], &c, 1, 0) == 1 && c == 'a');
	CHECK(seam_read(fds[0], &c, 1, 0) == 1 && c == 'b');
	CHECK(seam_close(fds[1]) == 0);
	CHECK(seam_read(fds[0], &c, 1, SEAM_FOREVER) == 0);
	CHECK(seam_read(fds[0], &c, 1, SEAM_FOREVER) == 0);
	CHECK(seam_close(fds[0]) == 0);
	FAILS(seam_close(fds[0]), EBADF);
	CHECK(seam_close(file) == 0);

	/* No SIGPIPE: it would end us. */
	pair(fds);
	CHECK(seam_close(fds[1]) == 0);
	FAILS(seam_write(fds[0], &c, 1, SEAM_FOREVER), EPIPE);
	CHECK(seam_close(fds[0]) == 0);
}

static void test_errors(void **state)
{
	(void)state;
	char c;
	assert_int_equal(seam_read(0, &c, 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_write(1, &c, 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_accept(0, NULL, NULL, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_connect(0, NULL, 0, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_wait_fd(0, SEAM_IN, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(seam_close(0), -1);
	assert_int_equal(errno, EPERM);
	ends_well(errors);
}

/* Datagrams: a short read is one of them, not all. */
static void datagrams(void *arg)
{
	int fds[2];
	char buf[64];
	(void)arg;
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) == 0);
	for (int i = 1; i <= 5; i++)
		CHECK(seam_write(fds[0], buf, (size_t)i, SEAM_FOREVER) == i);
	for (int i = 1; i <= 5; i++)
		CHECK(seam_read(fds[1], buf, 64, SEAM_FOREVER) == i);
	close_both(fds);
}

static void test_datagrams(void **state)
{
	(void)state;
	ends_well(datagrams);
}

/*
 * As many bytes as readers come at once, and each reader takes one: who finds
 * that another reads just now must not wait for more to come.
 */

enum { Readers = 4, Rounds = 3000 };
static int pipe_fds[2], nread;

static void takes(void *arg)
{
	char c;
	(void)arg;
	for (int round = 1; round <= Rounds; round++) {
		CHECK(seam_read(pipe_fds[0], &c, 1, SEAM_FOREVER) == 1);
		__atomic_add_fetch(&nread, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&nread, __ATOMIC_SEQ_CST)
		       < round * Readers)
			seam_yield();
	}
}

static void readers(void *arg)
{
	static const char buf[Readers];
	(void)arg;
	CHECK(pipe(pipe_fds) == 0);
	for (int i = 0; i < Readers; i++)
		start(takes, NULL);
	for (int round = 1; round <= Rounds; round++) {
		CHECK(seam_write(pipe_fds[1], buf, Readers, SEAM_FOREVER)
		      == Readers);
		while (__atomic_load_n(&nread, __ATOMIC_SEQ_CST)
		       < round * Readers)
			seam_yield();
	}
	join();
	close_both(pipe_fds);
}

static void test_readers(void **state)
{
	(void)state;
	ends_well(readers);
}

/* Closing under those who wait */

static int nwait, failed;

static void fails_closed(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char c;
	__atomic_add_fetch(&nwait, 1, __ATOMIC_SEQ_CST);
	FAILS(seam_read(fd, &c, 1, SEAM_FOREVER), EBADF);
	__atomic_add_fetch(&failed, 1, __ATOMIC_SEQ_CST);
}

static void fails_to_write(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char c = 0;
	__atomic_add_fetch(&nwait, 1, __ATOMIC_SEQ_CST);
	FAILS(seam_write(fd, &c, 1, SEAM_FOREVER), EBADF);
	__atomic_add_fetch(&failed, 1, __ATOMIC_SEQ_CST);
}

static void fails_either(void *arg)
{
	int fd = (int)(intptr_t)arg;
	__atomic_add_fetch(&nwait, 1, __ATOMIC_SEQ_CST);
	FAILS(seam_wait_fd(fd, SEAM_IN | SEAM_OUT, SEAM_FOREVER), EBADF);
	__atomic_add_fetch(&failed, 1, __ATOMIC_SEQ_CST);
}

/* A pair of which the first can neither be read nor written. */
static void stuck(int fds[2])
{
	static const char much[1 << 16];
	int bufsize = 4096;
	pair(fds);
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &bufsize, sizeof(bufsize));
	while (seam_write(fds[0], much, sizeof(much), 0) > 0)
		continue;
	CHECK(errno == ETIMEDOUT);
}

static void closing(void *arg)
{
	(void)arg;
	for (int i = 1; i <= 500; i++) {
		int fds[2];
		nwait = failed = 0;
		stuck(fds);
		start(fails_closed, (void *)(intptr_t)fds[0]);
		start(fails_closed, (void *)(intptr_t)fds[0]);
		start(fails_to_write, (void *)(intptr_t)fds[0]);
		start(fails_either, (void *)(intptr_t)fds[0]);
		/* Before they wait, while they do, on the way. */
		UNTIL(nwait == 4 || i % 4 == 0);
		CHECK(seam_close(fds[0]) == 0);
		join();
		CHECK(failed == 4);
		CHECK(seam_close(fds[1]) == 0);
	}
}

static void test_closing(void **state)
{
	(void)state;
	ends_well(closing);
}

static int waits(void *arg)
{
	char c;
	CHECK(seam_read(*(int *)arg, &c, 1, SEAM_FOREVER) == -1);
	return errno;
}

static void cancel(void *arg)
{
	int fds[2];
	char c;
	(void)arg;
	pair(fds);
	cancels(waits, fds);
	/* None of them has taken it, and none has left a trace. */
	CHECK(seam_write(fds[1], "x", 1, SEAM_FOREVER) == 1);
	CHECK(seam_read(fds[0], &c, 1, SEAM_FOREVER) == 1 && c == 'x');
	close_both(fds);
}

static void test_cancel(void **state)
{
	(void)state;
	ends_well(cancel);
}

/* Nobody comes, and nobody accepts: others who come are not answered. */

static void unanswered(void *arg)
{
	enum { Most = 16 };
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);
	int fds[Most], n = 0, failed = 0;
	(void)arg;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	alarm(60); /* before the kernel itself gives up */
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(bind(listener, (struct sockaddr *)&a, size) == 0);
	CHECK(listen(listener, 0) == 0);
	CHECK(getsockname(listener, (struct sockaddr *)&a, &size) == 0);
	FAILS(seam_accept(listener, NULL, NULL, 0), ETIMEDOUT);
	FAILS(seam_accept(listener, NULL, NULL, seam_now() + SEAM_MS),
	      ETIMEDOUT);
	while (!failed && n < Most) {
		fds[n] = socket(AF_INET, SOCK_STREAM, 0);
		failed = seam_connect(fds[n++], (struct sockaddr *)&a, size,
				      seam_now() + 20 * SEAM_MS);
	}
	CHECK(failed && errno == ETIMEDOUT);
	while (n)
		CHECK(seam_close(fds[--n]) == 0);
	CHECK(seam_close(listener) == 0);
}

static void test_unanswered(void **state)
{
	(void)state;
	ends_well(unanswered);
}

/* Connecting to nobody, and writing to one who does not read */
enum { Much = 3 << 20 };

static void refused(void *arg)
{
	int fds[2], bufsize = 4096;
	char *much = calloc(1, Much);
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t size = sizeof(a);
	(void)arg;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int silent = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(bind(silent, (struct sockaddr *)&a, size) == 0);
	CHECK(getsockname(silent, (struct sockaddr *)&a, &size) == 0);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	FAILS(seam_connect(fd, (struct sockaddr *)&a, size, SEAM_FOREVER),
	      ECONNREFUSED);
	CHECK(seam_close(fd) == 0 && seam_close(silent) == 0);

	pair(fds);
	setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &bufsize, sizeof(bufsize));
	ssize_t n = seam_write(fds[0], much, Much, seam_now() + SEAM_MS);
	CHECK(n > 0 && n < Much && errno == ETIMEDOUT);
	FAILS(seam_write(fds[0], much, 1 << 16, 0), ETIMEDOUT);
	CHECK(seam_wait_fd(fds[1], SEAM_IN | SEAM_OUT, SEAM_FOREVER)
	      == (SEAM_IN | SEAM_OUT));
	FAILS(seam_wait_fd(fds[0], SEAM_IN | SEAM_OUT, seam_now() + SEAM_MS),
	      ETIMEDOUT);
	CHECK(seam_close(fds[1]) == 0);
	FAILS(seam_write(fds[0], much, 1, SEAM_FOREVER), EPIPE);
	CHECK(seam_close(fds[0]) == 0);
	free(much);
}

static void test_refused(void **state)
{
	(void)state;
	ends_well(refused);
}

/* Thousands: a byte goes round through all of them. */

static int npairs;
static int (*pairs)[2];

static void passes(void *arg)
{
	int *mine = pairs[(intptr_t)arg];
	int *next = pairs[((intptr_t)arg + 1) % npairs];
	char c;
	for (int round = 0; round < 3; round++) {
		CHECK(seam_read(mine[0], &c, 1, SEAM_FOREVER) == 1);
		CHECK(seam_write(next[1], &c, 1, SEAM_FOREVER) == 1);
	}
}

static void thousands(void *arg)
{
	struct rlimit r;
	char c = 1;
	(void)arg;
	CHECK(getrlimit(RLIMIT_NOFILE, &r) == 0);
	r.rlim_cur = r.rlim_max;
	CHECK(setrlimit(RLIMIT_NOFILE, &r) == 0);
	npairs = r.rlim_max < 8200 ? (int)r.rlim_max / 2 - 50 : 4000;
	pairs = malloc((size_t)npairs * sizeof(*pairs));
	int64_t *ids = malloc((size_t)npairs * sizeof(*ids));
	for (int i = 0; i < npairs; i++)
		CHECK(pipe(pairs[i]) == 0);
	for (int i = 0; i < npairs; i++)
		ids[i] = seam_go(passes, (void *)(intptr_t)i);
	CHECK(seam_write(pairs[0][1], &c, 1, SEAM_FOREVER) == 1);
	for (int i = 0; i < npairs; i++)
		CHECK(seam_join(ids[i], SEAM_FOREVER) == 0);
	CHECK(seam_read(pairs[0][0], &c, 1, SEAM_FOREVER) == 1);
	for (int i = 0; i < npairs; i++)
		close_both(pairs[i]);
	free(ids);
	free(pairs);
}

static void test_thousands(void **state)
{
	(void)state;
	ends_well(thousands);
}

static void file(void *arg)
{
	char path[] = "file.XXXXXX", buf[16];
	int fd = mkstemp(path);
	(void)arg;
	CHECK(fd >= 0 && unlink(path) == 0);
	CHECK(seam_wait_fd(fd, SEAM_IN, SEAM_FOREVER) == SEAM_IN);
	CHECK(seam_write(fd, "hello", 5, SEAM_FOREVER) == 5);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	CHECK(seam_read(fd, buf, sizeof(buf), SEAM_FOREVER) == 5);
	CHECK(memcmp(buf, "hello", 5) == 0);
	CHECK(seam_read(fd, buf, sizeof(buf), SEAM_FOREVER) == 0);
	CHECK(seam_close(fd) == 0);
}

static void test_file(void **state)
{
	(void)state;
	ends_well(file);
}

/* Counters: eventfd and timerfd. */

static int counter;

static void takes_ones(void *arg)
{
	uint64_t n = 0;
	(void)arg;
	for (int i = 0; i < 100; i++)
		CHECK(seam_read(counter, &n, sizeof(n), SEAM_FOREVER) == 8
		      && n == 1);
}

static void full(void *arg)
{
	uint64_t n;
	(void)arg;
	CHECK(seam_read(counter, &n, sizeof(n), SEAM_FOREVER) == 8);
	CHECK(n == UINT64_MAX - 1);
}

static void counters(void *arg)
{
	uint64_t one = 1, most = UINT64_MAX - 1, n;
	struct itimerspec soon = { { 0, 1000000 }, { 0, 1000000 } };
	(void)arg;
	counter = eventfd(0, EFD_SEMAPHORE);
	FAILS(seam_read(counter, &n, sizeof(n), 0), ETIMEDOUT);
	FAILS(seam_read(counter, &n, sizeof(n), seam_now() + SEAM_MS),
	      ETIMEDOUT);
	for (int i = 0; i < 4; i++)
		start(takes_ones, NULL);
	for (int i = 0; i < 400; i++) {
		CHECK(seam_write(counter, &one, sizeof(one), SEAM_FOREVER)
		      == 8);
		if (i % 3 == 0)
			seam_yield();
	}
	join();
	FAILS(seam_read(counter, &n, sizeof(n), 0), ETIMEDOUT);
	CHECK(seam_close(counter) == 0);

	counter = eventfd(0, 0);
	CHECK(seam_write(counter, &most, sizeof(most), SEAM_FOREVER) == 8);
	FAILS(seam_write(counter, &one, sizeof(one), seam_now() + SEAM_MS),
	      ETIMEDOUT);
	FAILS(seam_read(counter, &n, 1, SEAM_FOREVER), EINVAL);
	start(full, NULL);
	CHECK(seam_write(counter, &one, sizeof(one), SEAM_FOREVER) == 8);
	join();
	CHECK(seam_close(counter) == 0);

	int timer = timerfd_create(CLOCK_MONOTONIC, 0);
	CHECK(timerfd_settime(timer, 0, &soon, NULL) == 0);
	for (int i = 0; i < 5; i++)
		CHECK(seam_read(timer, &n, sizeof(n), SEAM_FOREVER) == 8
		      && n >= 1);
	CHECK(seam_close(timer) == 0);
}

static void test_counters(void **state)
{
	(void)state;
	ends_well(counters);
}

/* Who waits for a descriptor is no deadlock, and costs no time. */

static int bell[2];

static void *rings(void *arg)
{
	(void)arg;
	usleep(300 * 1000);
	CHECK(write(bell[1], "x", 1) == 1);
	return NULL;
}

static void idle(void *arg)
{
	struct rusage before, after;
	pthread_t thread;
	char c;
	(void)arg;
	CHECK(pipe(bell) == 0);
	CHECK(pthread_create(&thread, NULL, rings, NULL) == 0);
	FAILS(seam_read(bell[0], &c, 1, seam_now() + 10 * SEAM_MS), ETIMEDOUT);
	CHECK(getrusage(RUSAGE_SELF, &before) == 0);
	CHECK(seam_read(bell[0], &c, 1, SEAM_FOREVER) == 1);
	CHECK(getrusage(RUSAGE_SELF, &after) == 0);
	/* Threads that looked around all the time would do so thousands of
	 * times. */
	CHECK(after.ru_nvcsw - before.ru_nvcsw < 100);
	CHECK(pthread_join(thread, NULL) == 0);
}

static void test_idle(void **state)
{
	(void)state;
	ends_well(idle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_readers),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_thousands),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_idle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
