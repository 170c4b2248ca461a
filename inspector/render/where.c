/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "render/render.h"
#include "util/scope.h"

/* What is left of a function by a long file. */
enum { FunctionLeast = 8 };

static char *make_text(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
static char *make_text(const char *format, ...)
{
	char *text;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		out_of_memory();
	va_end(ap);
	return text;
}

char *render_where(const struct location *l, int most)
{
	SCOPE(memory)
	char *line = l->file ? make_text(" %s:%d", l->file, l->line)
			     : make_text("%s", "");
	int taken = render_width(line) + strlen("...");
	int room = taken > most - FunctionLeast ? FunctionLeast : most - taken;

	if (render_width(l->function) + render_width(line) <= most)
		return make_text("%s%s", l->function, line);
	if (render_width(l->function) <= room)
		return make_text("%s%s", l->function, line);
	return make_text("%.*s...%s", (int)render_bytes(l->function, room),
			 l->function, line);
}
