/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/model.h"
#include "util/scope.h"

struct snapshot *snapshot_new(void)
{
	return array_new(1, sizeof(struct snapshot));
}

void snapshot_free(struct snapshot *s)
{
	free(s->goroutines.items);
	free(s->origins.items);
	free(s->segments.items);
	free(s->remains.items);
	free(s->machines.items);
	free(s->threads.items);
	free(s->frames.items);
	free(s->places.items);
	free(s->locations.items);
	free(s->lines.items);
	free(s->groups.items);
	free(s->members.items);
	free(s->states.items);
	free(s->notes.items);
	free(s->details.items);
	free(s->variables.items);
	free(s->registers.items);
	free(s->crew.items);
	objects_free(&s->objects);
	strings_free(&s->strings);
	free(s);
}

uint64_t goroutine_kept(const struct snapshot *s, const struct goroutine *g)
{
	const struct segment *own = s->segments.items + g->segments.first;
	uint64_t used = 0;

	if (!g->whole || g->damaged)
		return 0;
	for (size_t i = 0; i < g->segments.n; i++)
		used += addr_span(own[i].low, own[i].end);
	return g->bytes > used ? g->bytes - used : 0;
}

const struct machine *machine_on(const struct snapshot *s, int32_t tid)
{
	for (size_t i = 0; i < s->machines.n; i++)
		if (s->machines.items[i].thread == tid)
			return &s->machines.items[i];
	return NULL;
}

void snapshot_note(struct snapshot *s, const char *format, ...)
{
	SCOPE(memory) char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		out_of_memory();
	va_end(ap);
	*ARRAY_PUSH(&s->notes) = (struct note){
		strings_add(&s->strings, text),
	};
}
