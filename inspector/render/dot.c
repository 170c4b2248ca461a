/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A graph of who waits for what, and who has it or its address. Labels are
 * made by the functions for text, and then quoted.
 */
#include <stdlib.h>

#include "render/objects.h"
#include "util/scope.h"

static bool is_lost(const struct party *p)
{
	return p->fate == FATE_STUCK || p->fate == FATE_FORGOTTEN;
}

static void quote(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
	putc('"', out);
}

/* What TELL writes of the one with number I. */
static void label(FILE *out, const struct snapshot *s, uint32_t i,
		  void (*tell)(FILE *, const struct snapshot *, uint32_t))
{
	SCOPE(memory) char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		out_of_memory();
	tell(to, s, i);
	if (fclose(to) != 0)
		out_of_memory();
	quote(out, text);
}

static void tell_object(FILE *out, const struct snapshot *s, uint32_t i)
{
	render_object(out, s, &s->objects.objects.items[i]);
}

static void object(FILE *out, const struct snapshot *s, uint32_t i)
{
	fprintf(out, "\to%u [shape=box, label=", i);
	label(out, s, i, tell_object);
	fputs("];\n", out);
}

static void party(FILE *out, const struct snapshot *s, uint32_t i)
{
	const struct party *p = &s->objects.parties.items[i];

	fprintf(out, "\tp%u [label=", i);
	label(out, s, i, render_party);
	fputs(is_lost(p) ? ", color=red];\n" : "];\n", out);
}

static void wants(FILE *out, const struct snapshot *s, uint32_t i)
{
	const struct party *p = &s->objects.parties.items[i];

	for (size_t k = 0; k < p->wants.n; k++)
		fprintf(out, "\tp%u -> o%u%s;\n", i,
			s->objects.wants.items[p->wants.first + k],
			is_lost(p) ? " [color=red]" : "");
}

static void owner(FILE *out, const struct snapshot *s, uint32_t i)
{
	const struct object *o = &s->objects.objects.items[i];
	const struct party *p;

	if (o->owned_by == NONE)
		return;
	p = &s->objects.parties.items[o->owned_by];
	fprintf(out, "\to%u -> p%u%s;\n", i, o->owned_by,
		is_lost(p) ? " [color=red]" : "");
}

static void holders(FILE *out, const struct snapshot *s, uint32_t i)
{
	const struct object *o = &s->objects.objects.items[i];

	for (size_t k = 0; k < o->holders.n; k++) {
		uint32_t holder =
			s->objects.holders.items[o->holders.first + k].party;

		if (!render_waits_for(s, holder, i))
			fprintf(out, "\to%u -> p%u [style=dashed];\n", i,
				holder);
	}
}

void render_dot(FILE *out, const struct snapshot *s)
{
	fputs("digraph waits {\n", out);
	for (uint32_t i = 0; i < s->objects.parties.n; i++)
		party(out, s, i);
	for (uint32_t i = 0; i < s->objects.objects.n; i++)
		object(out, s, i);
	for (uint32_t i = 0; i < s->objects.parties.n; i++)
		wants(out, s, i);
	for (uint32_t i = 0; i < s->objects.objects.n; i++) {
		owner(out, s, i);
		holders(out, s, i);
	}
	fputs("}\n", out);
}
