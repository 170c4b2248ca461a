/* SPDX-License-Identifier: BSD-2-Clause */
/* burn.c - a goroutine that takes its time below 21 frames of deep(). */
#include <seam.h>

#define NOINLINE __attribute__((noinline))

static NOINLINE int burn(void)
{
	volatile int x = 0;
	for (int i = 0; i < 3000000; i++)
		x += i;
	return x;
}

static NOINLINE int deep(int n)
{
	char room[1000];
	room[0] = 1;
	__asm__ volatile("" : : "r"(room) : "memory"); /* all of it is there */
	return (n ? deep(n - 1) : burn()) + room[0];
}

/* Its frame has room on the first segment, the first of deep()'s has not. */
static NOINLINE int grows(void)
{
	return deep(20) + 1;
}

static void work(void *arg)
{
	(void)arg;
	for (int i = 0; i < 100; i++)
		grows();
}

int main(void)
{
	return seam_run(work, 0);
}
