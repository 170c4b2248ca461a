/* SPDX-License-Identifier: BSD-2-Clause */
/* filter.c - any text as a filter; one that is is asked about a goroutine. */
#include <stdlib.h>
#include <string.h>

#include "analyse/filter.h"
#include "util/scope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Who made the goroutine, and what it began with. */
static const addr_t Code = { 0x1000 };

static void ask(struct filter *f)
{
	struct snapshot *s = snapshot_new();
	SCOPE(symbols) struct symbols symbols = { .snapshot = s };
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
	/* So that no program is asked. */
	*ARRAY_PUSH(&s->places) = (struct place){ 0, 1 };
	map_put(&symbols.index, Code.v, 0);
	*ARRAY_PUSH(&s->origins) = (struct origin){
		.entry = Code,
		.creator = addr_plus(Code, 1),
	};
	*ARRAY_PUSH(&s->lines) = (struct line){ .frame = NONE };
	*ARRAY_PUSH(&s->goroutines) = g;
	for (enum filter_step step = FILTER_READ; step <= FILTER_FOLDED; step++)
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
	ask(&f);
	return 0;
}
