/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "symbol/symbol.h"

const char *symbols_variable(struct symbols *s, addr_t at)
{
	Dwfl_Module *m = dwfl_addrmodule(s->program->dwfl, at.v);
	struct strings *strings = &s->snapshot->strings;
	const char *name = NULL;
	GElf_Off offset;
	GElf_Sym symbol;

	if (m)
		name = dwfl_module_addrinfo(m, at.v, &offset, &symbol, NULL,
					    NULL, NULL);
	if (!name || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT
	    || offset >= symbol.st_size)
		return NULL;
	name = strings_add_foreign(strings, name, strlen(name));
	return offset ? strings_format(strings, "%s+%lu", name, offset) : name;
}

void symbols_name_objects(struct symbols *s)
{
	for (size_t i = 0; i < s->snapshot->objects.objects.n; i++) {
		struct object *o = &s->snapshot->objects.objects.items[i];

		o->created_by = symbols_caller(s, o->creator);
		o->name = symbols_variable(s, o->at);
		o->fixed = dwfl_addrmodule(s->program->dwfl, o->at.v);
		if (!addr_null(o->elsewhere_at))
			o->elsewhere_in = symbols_variable(s, o->elsewhere_at);
	}
}
