/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/render.h"

const char *render_duration(int64_t ns, char buf[DurationSize])
{
	int64_t us = ns / 1000, ms = us / 1000, s = ms / 1000;

	if (ns < 0)
		snprintf(buf, DurationSize, "-");
	else if (ms == 0)
		snprintf(buf, DurationSize, "%" PRId64 "us", us);
	else if (s == 0)
		snprintf(buf, DurationSize, "%" PRId64 "ms", ms);
	else if (s < 60)
		snprintf(buf, DurationSize, "%" PRId64 ".%" PRId64 "s", s,
			 ms / 100 % 10);
	else if (s < 3600)
		snprintf(buf, DurationSize, "%" PRId64 "m%02" PRId64 "s",
			 s / 60, s % 60);
	else
		snprintf(buf, DurationSize, "%" PRId64 "h%02" PRId64 "m",
			 s / 3600, s / 60 % 60);
	return buf;
}

void render_goroutine(FILE *out, const struct goroutine *g)
{
	fprintf(out, "goroutine %" PRId64, g->id);
	if (*g->name)
		fprintf(out, " \"%s\"", g->name);
}
