/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "util/array.h"
#include "util/text.h"

char *text_join(const char *const *words, size_t n, const char *between)
{
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		out_of_memory();
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%s", i ? between : "", words[i]);
	if (fclose(out) != 0)
		out_of_memory();
	return text;
}

const char *text_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}
