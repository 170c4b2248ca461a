/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * library.c - for shared.sh: a library whose caller need not know that there
 * are goroutines in it.
 */
#include <seam.h>
#include <stdio.h>
#include <string.h>

int library_begin(void);
int library_end(void);
long library_sum(int n);

int library_begin(void)
{
	return seam_start();
}

int library_end(void)
{
	return seam_stop(SEAM_FOREVER);
}

typedef struct part {
	seam_chan *sums;
	int from;
} part;

/* By recursion, which needs a stack, and by libc. */
static long sum(int from, int n)
{
	char text[64];
	long value = 0;
	snprintf(text, sizeof(text), "%d", from);
	sscanf(text, "%ld", &value);
	return value + (n > 1 ? sum(from + 1, n - 1) : 0);
}

static void sum_part(void *arg)
{
	part *p = arg;
	long s = sum(p->from, 100);
	seam_send(p->sums, &s, SEAM_FOREVER);
}

/* 0 + 1 + ... + N - 1; N is a multiple of 100, and 10000 at the most. */
long library_sum(int n)
{
	part parts[100];
	long s, total = 0;
	seam_chan *sums = seam_chan_make(sizeof(long), 0);
	for (int i = 0; i < n / 100; i++) {
		parts[i] = (part){ sums, i * 100 };
		if (seam_go(sum_part, &parts[i]) < 0)
			return -1;
	}
	for (int i = 0; i < n / 100; i++) {
		if (seam_recv(sums, &s, SEAM_FOREVER) < 0)
			return -1;
		total += s;
	}
	seam_chan_free(sums);
	return total;
}
