/* SPDX-License-Identifier: BSD-2-Clause */
/* names.c - any text as a description of a runtime. */
#include <stdint.h>

#include "layout/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names n = { 0 };
	struct description d = { "fuzz.rt", (const char *)data, size };
	struct error *e = names_parse(&d, &n);

	error_free(e);
	if (!e) {
		names_of(&n, "goroutine.type");
		names_free(&n);
	}
	return 0;
}
