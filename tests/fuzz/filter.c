/* SPDX-License-Identifier: BSD-2-Clause */
/* filter.c - any text as a filter; one that is is asked about a goroutine. */
#include <stdlib.h>
#include <string.h>

#include "analyse/filter.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct filter *f)
{
	struct snapshot *s = snapshot_new();
	struct symbols symbols = { .snapshot = s };
	struct goroutine g = {
		.id = 7,
		.state = "waiting",
		.reason = "chan send",
		.name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
		.waiting = true,
		.waited = 5000000000,
		.where = NONE,
		.created_by = NONE,
		.lines = { 0, 1 },
	};

	*ARRAY_PUSH(&s->locations) =
		(struct location){ .function = "parse_all", .file = "parse.c" };
	*ARRAY_PUSH(&s->lines) = (struct line){ .frame = NONE };
	*ARRAY_PUSH(&s->goroutines) = g;
	for (enum filter_step step = FILTER_READ; step <= FILTER_FOLDED; step++)
		if (step != FILTER_NAMED)
			filter_keeps(f, &symbols, s->goroutines.items, step);
	snapshot_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPE(memory) char *text = strndup((const char *)data, size);
	SCOPE(filter) struct filter f = { 0 };
	struct mistake m = { 0 };

	if (!filter_parse(text, &f, &m)) {
		if (!m.what || m.at > strlen(text))
			abort();
		error_free(m.what);
		return 0;
	}
	if (filter_last_step(&f) != FILTER_NAMED)
		ask(&f);
	return 0;
}
