/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expect.h - that some text is written.
 */
#ifndef INSPECTOR_EXPECT_H
#define INSPECTOR_EXPECT_H

#include <stdio.h>
#include <stdlib.h>

#include "test.h"

/* What RENDER writes is WANT. */
static inline void expect(void (*render)(FILE *out), const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	render(out);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

#endif
