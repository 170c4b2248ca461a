/* SPDX-License-Identifier: BSD-2-Clause */
/* locals.c - each goroutine's own values, and what becomes of them. */
#include "together.h"

static int plain, counted, stubborn, slow;
static int destroyed, refused;
static seam_chan *news;

static void count(void *value)
{
	__atomic_add_fetch(&destroyed, (int)(intptr_t)value, __ATOMIC_SEQ_CST);
}

static void refuse(void *value)
{
	__atomic_add_fetch(&refused, 1, __ATOMIC_SEQ_CST);
	CHECK(seam_getlocal(stubborn) == NULL);
	CHECK(seam_setlocal(stubborn, value) == 0);
}

/* Runs on the goroutine's stack: may wait, and grow. */
static void tell(void *value)
{
	char text[3000];
	snprintf(text, sizeof(text), "%ld", seam_id());
	CHECK(seam_send(news, &value, SEAM_FOREVER) == 0);
}

static void has_values(void *arg)
{
	static int other;
	for (int key = plain; key <= slow; key++)
		CHECK(seam_getlocal(key) == NULL);
	CHECK(seam_setlocal(counted, arg) == 0);
	for (int key = plain; key <= slow; key++)
		CHECK(key == counted || seam_getlocal(key) == NULL);
	CHECK(seam_setlocal(plain, &other) == 0);
	seam_yield();
	CHECK(seam_getlocal(plain) == &other);
	CHECK(seam_getlocal(counted) == arg);
}

/* Gs are used again, values are not. */
static void own(void *arg)
{
	(void)arg;
	CHECK((plain = seam_key_make(NULL)) == 0);
	CHECK((counted = seam_key_make(count)) == 1);
	CHECK((stubborn = seam_key_make(refuse)) == 2);
	CHECK((slow = seam_key_make(tell)) == 3);
	CHECK(seam_setlocal(plain, &plain) == 0);
	for (int round = 0; round < 100; round++) {
		for (intptr_t i = 1; i <= 20; i++)
			start(has_values, (void *)i);
		join();
	}
	CHECK(seam_getlocal(plain) == &plain);
	CHECK(destroyed == 100 * 210 && refused == 0);
}

static void test_own(void **state)
{
	(void)state;
	ends_well(own);
}

/* What the values lay in goes with the goroutine: one at a time, 5 MB. */
static void many(void *arg)
{
	(void)arg;
	plain = seam_key_make(NULL);
	counted = slow = seam_key_make(NULL);
	seam_join(seam_go(has_values, NULL), SEAM_FOREVER);
	long before = resident();
	for (int i = 0; i < 20000; i++)
		seam_join(seam_go(has_values, NULL), SEAM_FOREVER);
	CHECK(resident() - before < 2L << 20);
}

static void test_many(void **state)
{
	(void)state;
	ends_well(many);
}

static void has_none(void *arg)
{
	(void)arg;
	for (int key = counted; key <= slow; key++)
		CHECK(seam_getlocal(key) == NULL);
}

static void leaves(void *arg)
{
	CHECK(seam_setlocal(stubborn, arg) == 0);
	CHECK(seam_setlocal(slow, arg) == 0);
	CHECK(seam_setlocal(counted, NULL) == 0);
	seam_exit();
}

static void destructors(void *arg)
{
	void *value = NULL;
	(void)arg;
	counted = seam_key_make(count);
	stubborn = seam_key_make(refuse);
	slow = seam_key_make(tell);
	news = seam_chan_make(sizeof(void *), 0);
	int64_t id = seam_go(leaves, &value);
	/* It has not ended before its destructors have. */
	FAILS(seam_join(id, seam_now() + SEAM_MS), ETIMEDOUT);
	CHECK(seam_recv(news, &value, SEAM_FOREVER) == 0 && value == &value);
	CHECK(seam_join(id, SEAM_FOREVER) == 0);
	CHECK(refused == 4 && destroyed == 0);
	/* The next one has the same G, but not what was left there. */
	CHECK(seam_join(seam_go(has_none, NULL), SEAM_FOREVER) == 0);
}

static void test_destructors(void **state)
{
	(void)state;
	ends_well(destructors);
}

static void errors(void *arg)
{
	(void)arg;
	FAILS(seam_setlocal(0, NULL), EINVAL);
	for (int i = 0; i < 32; i++) {
		errno = 0;
		CHECK(!seam_getlocal(i) && errno == EINVAL);
		CHECK(seam_key_make(NULL) == i);
	}
	FAILS(seam_key_make(NULL), EAGAIN);
	FAILS(seam_setlocal(32, NULL), EINVAL);
	FAILS(seam_setlocal(-1, NULL), EINVAL);
	CHECK(!seam_getlocal(-1) && errno == EINVAL);
	CHECK(seam_setlocal(31, arg) == 0);
}

static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(seam_setlocal(0, NULL), -1);
	assert_int_equal(errno, EPERM);
	errno = 0;
	assert_null(seam_getlocal(0));
	assert_int_equal(errno, EPERM);
	ends_well(errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_destructors),
		cmocka_unit_test(test_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
