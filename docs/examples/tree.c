/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tree.c - two goroutines walk a tree and send its leaves to one that sleeps.
 * README.md and seam(1) show what seam tells of it.
 */
#include <seam.h>
#include <stddef.h>

enum { PathMax = 4096, Depth = 3 };

static seam_chan *leaves;

static void visit(int depth)
{
	char path[PathMax];

	path[0] = (char)depth;
	if (depth == Depth)
		seam_send(leaves, path, SEAM_FOREVER);
	else
		visit(depth + 1);
	path[0] = '\0';
}

static void walker(void *arg)
{
	(void)arg;
	seam_setname("walker");
	visit(1);
}

static void start(void *arg)
{
	(void)arg;
	leaves = seam_chan_make(PathMax, 0);
	seam_go(walker, NULL);
	seam_go(walker, NULL);
	seam_sleep(3600 * SEAM_S);
}

int main(void)
{
	return seam_run(start, NULL);
}
