/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/error.h"

struct error *error_new(const char *format, ...)
{
	struct error *e = array_new(1, sizeof(*e));
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&e->text, format, ap) < 0)
		out_of_memory();
	va_end(ap);
	return e;
}

struct error *error_in(struct error *e, const char *line, size_t at)
{
	e->line = strdup(line);
	if (!e->line)
		out_of_memory();
	e->at = at;
	return e;
}

void error_free(struct error *e)
{
	if (!e)
		return;
	free(e->text);
	free(e->line);
	free(e);
}
