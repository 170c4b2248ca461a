/* SPDX-License-Identifier: BSD-2-Clause */
/* foreign.c - threads of the program's own beside goroutines. */
#include "threads.h"

enum { Threads = 4, Goroutines = 8, Messages = 3000 };

static pthread_t threads[Threads];

static void start_threads(void *(*fn)(void *))
{
	for (intptr_t i = 0; i < Threads; i++)
		threads[i] = thread(fn, (void *)i);
}

/* What a goroutine calls, for others are to run on its thread. */
static void *join_call(void *arg)
{
	for (int i = 0; i < Threads; i++)
		ended(threads[i]);
	return arg;
}

static void join_threads(void)
{
	seam_blocking(join_call, NULL);
}

/* One channel: senders and receivers of both kinds. */

static seam_chan *numbers;
static int64_t taken, total;
static seam_waitgroup senders, receivers;

static void send_numbers(void)
{
	for (int64_t i = 1; i <= Messages; i++)
		CHECK(seam_send(numbers, &i, SEAM_FOREVER) == 0);
	CHECK(seam_wg_done(&senders) == 0);
}

static void take_numbers(void)
{
	int64_t v;
	while (seam_recv(numbers, &v, SEAM_FOREVER) == 0) {
		__atomic_add_fetch(&total, v, __ATOMIC_RELAXED);
		__atomic_add_fetch(&taken, 1, __ATOMIC_RELAXED);
	}
	CHECK(errno == EPIPE);
	CHECK(seam_wg_done(&receivers) == 0);
}

static void *thread_exchanges(void *arg)
{
	if ((intptr_t)arg % 2)
		send_numbers();
	else
		take_numbers();
	return arg;
}

static void sends(void *arg)
{
	(void)arg;
	send_numbers();
}

static void takes(void *arg)
{
	(void)arg;
	take_numbers();
}

static void exchange_by(size_t cap)
{
	const int64_t many = Goroutines + Threads / 2;
	numbers = seam_chan_make(sizeof(int64_t), cap);
	taken = total = 0;
	CHECK(seam_wg_add(&senders, many) == 0);
	CHECK(seam_wg_add(&receivers, many) == 0);
	for (int i = 0; i < Goroutines; i++)
		CHECK(seam_go(sends, NULL) > 0 && seam_go(takes, NULL) > 0);
	start_threads(thread_exchanges);
	CHECK(seam_wg_wait(&senders, SEAM_FOREVER) == 0);
	CHECK(seam_chan_close(numbers) == 0);
	CHECK(seam_wg_wait(&receivers, SEAM_FOREVER) == 0);
	CHECK(taken == many * Messages);
	CHECK(total == many * Messages * (Messages + 1) / 2);
	join_threads();
	CHECK(seam_chan_free(numbers) == 0);
}

static void exchange(void *arg)
{
	(void)arg;
	exchange_by(0);
	exchange_by(5);
}

/* The same where no goroutine waits for it all, but a thread. */
static void exchange_outside(void *arg)
{
	CHECK(seam_start() == 0);
	exchange(arg);
	CHECK(seam_stop(SEAM_FOREVER) == 0);
}

static void test_exchange(void **state)
{
	(void)state;
	ends_well(exchange);
	ends_well_as(as_thread, exchange_outside);
}

/* A thread starts goroutines, waits for them, cancels them. */

static int64_t begun;

static void counts(void *arg)
{
	(void)arg;
	CHECK(seam_id() > 0);
	__atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
}

static void waits(void *arg)
{
	FAILS(seam_recv(arg, NULL, SEAM_FOREVER), ECANCELED);
	__atomic_add_fetch(&begun, 1, __ATOMIC_SEQ_CST);
}

static void *thread_spawns(void *arg)
{
	int64_t ids[100];
	seam_chan *c = seam_chan_make(0, 0);
	for (int i = 0; i < 100; i++) {
		ids[i] = i % 10 ? seam_go(counts, NULL) : seam_go(waits, c);
		CHECK(ids[i] > 1);
		if (i % 20 == 0)
			CHECK(seam_yield() == 0);
	}
	FAILS(seam_join(ids[0], seam_now() + SEAM_MS), ETIMEDOUT);
	for (int i = 0; i < 100; i += 10)
		CHECK(seam_cancel(ids[i]) == 0);
	for (int i = 0; i < 100; i++)
		CHECK(seam_join(ids[i], SEAM_FOREVER) == 0);
	CHECK(seam_chan_free(c) == 0);
	return arg;
}

static void spawn(void *arg)
{
	(void)arg;
	begun = 0;
	start_threads(thread_spawns);
	join_threads();
	CHECK(begun == Threads * 100);
}

static void test_spawn(void **state)
{
	(void)state;
	ends_well(spawn);
}

/* Locks between the two kinds. */

static seam_mutex mutex;
static seam_rwlock rwlock;
static int64_t guarded, written;

static void work(void)
{
	for (int i = 0; i < Messages; i++) {
		CHECK(seam_lock(&mutex, SEAM_FOREVER) == 0);
		guarded++;
		if (i % 64 == 0)
			seam_yield();
		CHECK(seam_unlock(&mutex) == 0);
		if (i % 4) {
			CHECK(seam_rdlock(&rwlock, SEAM_FOREVER) == 0);
			CHECK(written >= 0);
		} else {
			CHECK(seam_wrlock(&rwlock, SEAM_FOREVER) == 0);
			written++;
		}
		CHECK(seam_rwunlock(&rwlock) == 0);
	}
}

static void *thread_works(void *arg)
{
	work();
	return arg;
}

static void works(void *arg)
{
	(void)arg;
	work();
}

static void locks(void *arg)
{
	(void)arg;
	guarded = written = 0;
	for (int i = 0; i < Goroutines; i++)
		start(works, NULL);
	start_threads(thread_works);
	join();
	join_threads();
	CHECK(guarded == (Threads + Goroutines) * Messages);
	CHECK(written == guarded / 4);
}

static void test_locks(void **state)
{
	(void)state;
	ends_well(locks);
}

/*
 * The first call of a thread comes while the one M that runs is busy with the
 * channel, and has taken no lock for it: most of the time, for its elements
 * are large.
 */

enum { Large = 1 << 18, Step = 512 };
typedef struct large {
	int64_t word[Large];
} large;

static bool torn(large *v)
{
	for (int i = Step; i < Large; i += Step)
		if (v->word[i] != v->word[0])
			return true;
	return false;
}

static int64_t go_on, sent, got;

static void keeps_busy(void *arg)
{
	static large v;
	for (int n = 0; __atomic_load_n(&go_on, __ATOMIC_SEQ_CST); n++) {
		for (int i = 0; i < Large; i += Step)
			v.word[i] = n;
		CHECK(seam_send(arg, &v, SEAM_FOREVER) == 0);
		sent++;
		if (seam_recv(arg, &v, 0) == 0) {
			CHECK(!torn(&v));
			got++;
		}
		seam_yield();
	}
}

static int pauses; /* before it does */

static void *thread_takes(void *arg)
{
	static large v;
	for (int i = 0; i < pauses; i++)
		__builtin_ia32_pause();
	bool takes = seam_recv(arg, &v, 0) == 0;
	CHECK(!takes || !torn(&v));
	__atomic_store_n(&go_on, 0, __ATOMIC_SEQ_CST);
	return takes ? arg : NULL;
}

static void alone(void *arg)
{
	(void)arg;
	seam_chan *c = seam_chan_make(sizeof(large), 2);
	go_on = 1;
	start(keeps_busy, c);
	for (int i = 0; i < 4; i++) /* then all of it is in memory */
		seam_yield();
	pthread_t t = thread(thread_takes, c);
	join();
	void *taken;
	CHECK(pthread_join(t, &taken) == 0);
	/* None of them twice. */
	CHECK(got + (taken != NULL) == sent && seam_chan_len(c) == 0);
}

static void test_alone(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++) {
		pauses = i * 500;
		struct ending end = run_with("SEAM_MAXPROCS=1", alone);
		if (end.status)
			print_error("%s\n", end.said);
		assert_int_equal(end.status, 0);
	}
}

/* A goroutine that keeps the one M in the kernel is not waited for. */

static void *thread_sends(void *arg)
{
	CHECK(seam_send(arg, NULL, SEAM_FOREVER) == 0);
	return arg;
}

static void in_kernel(void *arg)
{
	seam_chan *c = seam_chan_make(0, 1);
	(void)arg;
	ended(thread(thread_sends, c));
	CHECK(seam_recv(c, NULL, 0) == 0);
}

static void test_in_kernel(void **state)
{
	(void)state;
	ends_well(in_kernel);
}

/* Nobody looks at anything for long when all sleep: they must be woken. */

static void too_late(void *arg)
{
	(void)arg;
	seam_sleep(100 * SEAM_S);
	CHECK(!"the wake-up was lost");
}

static void *thread_sends_seldom(void *arg)
{
	for (int i = 0; i < 20; i++) {
		usleep(20 * 1000); /* until they sleep */
		CHECK(seam_send(arg, NULL, SEAM_FOREVER) == 0);
	}
	return arg;
}

static void all_sleep(void *arg)
{
	seam_chan *c = seam_chan_make(0, 0);
	(void)arg;
	seam_go(too_late, NULL);
	pthread_t t = thread(thread_sends_seldom, c);
	for (int i = 0; i < 20; i++)
		CHECK(seam_recv(c, NULL, SEAM_FOREVER) == 0);
	ended(t);
}

static void test_all_sleep(void **state)
{
	(void)state;
	ends_well(all_sleep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exchange),
		cmocka_unit_test(test_spawn),
		cmocka_unit_test(test_locks),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_in_kernel),
		cmocka_unit_test(test_all_sleep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
