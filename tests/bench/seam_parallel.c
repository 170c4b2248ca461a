/* SPDX-License-Identifier: BSD-2-Clause */
/* seam_parallel.c - work that two Ms share, in tasks a second. */
#include "seam_bench.h"

enum {
	TreeDepth = 12,
	LeafSteps = 2000, /* a few microseconds */
	Workers = 4,
	Tasks = 5000,
	TaskSteps = 80000, /* about 200 microseconds */
};

static uint64_t spin(uint64_t x, int steps)
{
	for (int i = 0; i < steps; i++)
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
	return x;
}

struct node {
	int depth;
	seam_chan *result;
};

static void tree(void *arg)
{
	struct node *node = arg;
	uint64_t sum, part;
	if (node->depth == 0) {
		sum = spin((uintptr_t)node, LeafSteps);
	} else {
		struct node child = { node->depth - 1,
				      seam_chan_make(sizeof(sum), 2) };
		seam_go(tree, &child);
		seam_go(tree, &child);
		seam_recv(child.result, &sum, SEAM_FOREVER);
		seam_recv(child.result, &part, SEAM_FOREVER);
		seam_chan_free(child.result);
		sum += part;
	}
	seam_send(node->result, &sum, SEAM_FOREVER);
}

/* Leaves a second. */
static double trees(void)
{
	enum { Trees = 20 };
	uint64_t sum;
	struct node root = { TreeDepth, seam_chan_make(sizeof(sum), 1) };
	double start = wall_nanoseconds();
	for (int i = 0; i < Trees; i++) {
		seam_go(tree, &root);
		seam_recv(root.result, &sum, SEAM_FOREVER);
	}
	return Trees * (double)(1 << TreeDepth) / (wall_nanoseconds() - start)
	       * 1e9;
}

static seam_chan *tasks, *results;

static void worker(void *arg)
{
	uint64_t x;
	(void)arg;
	while (seam_recv(tasks, &x, SEAM_FOREVER) == 0) {
		x = spin(x, TaskSteps);
		seam_send(results, &x, SEAM_FOREVER);
	}
}

static void hands_out(void *arg)
{
	(void)arg;
	for (uint64_t x = 1; x <= Tasks; x++)
		seam_send(tasks, &x, SEAM_FOREVER);
	seam_chan_close(tasks);
}

static double pool(void)
{
	tasks = seam_chan_make(sizeof(uint64_t), 0);
	results = seam_chan_make(sizeof(uint64_t), 0);
	for (int i = 0; i < Workers; i++)
		seam_go(worker, NULL);
	double start = wall_nanoseconds();
	seam_go(hands_out, NULL);
	for (int i = 0; i < Tasks; i++)
		seam_recv(results, NULL, SEAM_FOREVER);
	return Tasks / (wall_nanoseconds() - start) * 1e9;
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "tree", NULL, trees },
		{ "pool", NULL, pool },
		{ NULL, NULL, NULL },
	};
	return bench_main(table, argc, argv);
}
