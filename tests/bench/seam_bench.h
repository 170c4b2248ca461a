/* SPDX-License-Identifier: BSD-2-Clause */
/* seam_bench.h - a main() for programs of ours: the work runs in goroutine 1.
 */
#ifndef SEAM_BENCH_H
#define SEAM_BENCH_H

#include "bench.h"
#include "seam.h"

static double result;

static void work_in_goroutine(void *arg)
{
	result = answer(arg);
}

static int bench_main(const struct work *table, int argc, char **argv)
{
	const struct work *w = chosen(table, argc, argv);
	if (seam_run(work_in_goroutine, (void *)w) < 0) {
		perror("seam_run");
		return 1;
	}
	printf("%.4f\n", result);
	return 0;
}

#endif
