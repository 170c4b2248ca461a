/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * widened.c - a function of a small frame that calls code without checks has
 * room for it wherever it stands, and asks for it in its first instruction,
 * without a call. Below the segments lies what must not be written.
 */
#include "scenario.h"

#include <sys/mman.h>

#define NOINLINE __attribute__((noinline))

enum { Page = 4096, Used = 12000, Steps = 1000 };

/* Each segment has a page before it that nobody may touch. */
__attribute__((no_split_stack)) void *stackalloc(size_t n)
{
	size_t size = (n + Page - 1) / Page * Page;
	char *p = mmap(NULL, Page + size, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED
	    || mprotect(p + Page, size, PROT_READ | PROT_WRITE) < 0)
		return NULL;
	return p + Page;
}

__attribute__((no_split_stack)) void stackfree(void *p)
{
	(void)p;
}

/* As a function of libc might: qsort calls it on what it stands on. */
static __attribute__((no_split_stack)) int greedy(const void *a, const void *b)
{
	volatile char room[Used];
	for (int i = 0; i < Used; i += 64)
		room[i] = 1;
	return *(const char *)a - *(const char *)b + room[0] - 1;
}

static NOINLINE void callslibc(char *pair)
{
	qsort(pair, 2, 1, greedy);
}

/* At this many depths, 48 bytes or more from one to the next. */
static NOINLINE int descend(int n)
{
	char pair[2] = { 2, 1 };
	callslibc(pair);
	return pair[0] + (n > 1 ? descend(n - 1) : 0);
}

static void atalldepths(void *arg)
{
	(void)arg;
	CHECK(descend(Steps) == Steps);
}

static void has_room(void **state)
{
	(void)state;
	ends_well(atalldepths);
}

/* cmp %fs:..., %rsp, but not with the guard itself. */
static void asks_at_once(void **state)
{
	(void)state;
	static const uint8_t comparison[] = { 0x64, 0x48, 0x3b, 0x24, 0x25 };
	uint8_t code[9];
	int32_t where;
	memcpy(code, (const void *)(uintptr_t)callslibc, sizeof code);
	memcpy(&where, code + sizeof comparison, sizeof where);
	assert_memory_equal(code, comparison, sizeof comparison);
	assert_int_not_equal(where, 0x70);
}

/* As a linker writes it, but its jump leads to no stub. */
extern const uint8_t lookalike[];
__asm__(".text\n"
	"lookalike: stc\n"
	"	.byte 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0\n"
	"	jb 1f\n"
	"1:	ret\n"
	"	.skip 64, 0x90\n");

static void leaves_others_alone(void **state)
{
	(void)state;
	assert_int_equal(lookalike[0], 0xf9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_at_once),
		cmocka_unit_test(has_room),
		cmocka_unit_test(leaves_others_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
