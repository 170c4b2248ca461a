/* SPDX-License-Identifier: BSD-2-Clause */
/* seam_select.c - one goroutine sends in turn, one selects over its channels.
 */
#include "seam_bench.h"

enum { Channels = 4 };

static seam_chan *channels[Channels];
static int64_t rounds;

static void sends(void *arg)
{
	(void)arg;
	for (int64_t i = 0; i < rounds; i++)
		seam_send(channels[i % Channels], &i, SEAM_FOREVER);
}

static double select4(int64_t n)
{
	int64_t v;
	seam_clause clauses[Channels];
	rounds = n;
	for (int i = 0; i < Channels; i++) {
		channels[i] = seam_chan_make(sizeof(v), 0);
		clauses[i] = (seam_clause){ SEAM_RECV, channels[i], &v };
	}
	seam_go(sends, NULL);
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		seam_select(clauses, Channels, SEAM_FOREVER);
	double took = nanoseconds() - start;
	for (int i = 0; i < Channels; i++)
		seam_chan_free(channels[i]);
	return took;
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "select", select4, NULL },
		{ NULL, NULL, NULL },
	};
	return bench_main(table, argc, argv);
}
