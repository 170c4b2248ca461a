/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libgcc.c - split stacks as gcc's own library does them: each task on a stack
 * of __splitstack_makecontext, switched to by swapcontext.
 */
#include "split.h"

#include <ucontext.h>

/* generic-morestack.c has no header; the numbers are its own. */
typedef void *splitstack[10];
void *__splitstack_makecontext(size_t bytes, splitstack s, size_t *size);
void __splitstack_getcontext(splitstack s);
void __splitstack_setcontext(splitstack s);
void __splitstack_releasecontext(splitstack s);
void __splitstack_block_signals_context(splitstack s, int *on, int *was);

enum { FirstBytes = 2048 };

static ucontext_t thread;
static splitstack thread_stack;
static int block_signals;

static void run_fresh(void (*fn)(void))
{
	ucontext_t task;
	splitstack s;
	getcontext(&task);
	task.uc_stack.ss_sp =
		__splitstack_makecontext(FirstBytes, s, &task.uc_stack.ss_size);
	task.uc_link = &thread;
	makecontext(&task, fn, 0);
	__splitstack_block_signals_context(s, &block_signals, NULL);
	__splitstack_getcontext(thread_stack);
	__splitstack_setcontext(s);
	swapcontext(&thread, &task);
	__splitstack_setcontext(thread_stack);
	__splitstack_releasecontext(s);
}

static void nothing(void)
{
}

static double spawn(int64_t n)
{
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		run_fresh(nothing);
	return nanoseconds() - start;
}

static double hot_signals(void)
{
	block_signals = 1;
	return worst_crossing(HotCalls / 20); /* A system call each. */
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "spawn", spawn, NULL },
		{ "first", first, NULL },
		{ "warm", warm, NULL },
		{ "hot", NULL, hot },
		{ "hot-signals", NULL, hot_signals },
		{ NULL, NULL, NULL },
	};
	printf("%.4f\n", answer(chosen(table, argc, argv)));
	return 0;
}
