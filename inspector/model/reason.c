/* SPDX-License-Identifier: BSD-2-Clause */
#include "model/reason.h"

const char *reason_read(struct target *t, struct snapshot *s, addr_t at,
			uint64_t n)
{
	char text[ReasonMost];
	size_t got =
		target_read_some(t, at, text, n < ReasonMost ? n : ReasonMost);

	return got ? strings_add_foreign(&s->strings, text, got) : NULL;
}
