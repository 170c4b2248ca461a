/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "unwind/sites.h"

void sites_free(struct sites *s)
{
	for (size_t i = 0; i < s->all.n; i++)
		row_free(s->all.items[i].row);
	for (size_t i = 0; i < s->modules.n; i++) {
		table_close(&s->modules.items[i].eh.table);
		table_close(&s->modules.items[i].debug.table);
	}
	map_free(&s->index);
	free(s->all.items);
	free(s->modules.items);
	*s = (struct sites){ 0 };
}

const struct site *sites_known(const struct sites *s, addr_t at)
{
	const uint32_t *known = map_get(&s->index, at.v);

	return known ? &s->all.items[*known] : NULL;
}

static struct module_tables *tables_of(struct sites *s, const Dwfl_Module *m)
{
	for (size_t i = 0; i < s->modules.n; i++)
		if (s->modules.items[i].module == m)
			return &s->modules.items[i];
	*ARRAY_PUSH(&s->modules) = (struct module_tables){ .module = m };
	return &s->modules.items[s->modules.n - 1];
}

static void open_eh(Dwfl_Module *m, struct loaded_table *ret)
{
	if (ret->opened)
		return;
	ret->opened = true;
	ret->table = table_open(dwfl_module_getelf(m, &ret->bias), TABLE_EH);
}

/* Its debug information is read for it, which takes a while. */
static void open_debug(Dwfl_Module *m, struct loaded_table *ret)
{
	Dwarf *debug;

	if (ret->opened)
		return;
	ret->opened = true;
	debug = dwfl_module_getdwarf(m, &ret->bias);
	ret->table =
		table_open(debug ? dwarf_getelf(debug) : NULL, TABLE_DEBUG);
}

/* The row for AT in the program's tables; NULL if they have none. */
static struct row *find_row(struct sites *s, struct program *p, addr_t at)
{
	Dwfl_Module *m = dwfl_addrmodule(p->dwfl, at.v);
	struct module_tables *t;
	struct row *row;

	if (!m)
		return NULL;
	t = tables_of(s, m);
	open_eh(m, &t->eh);
	row = row_find(&t->eh.table, at.v - t->eh.bias);
	if (row)
		return row;
	open_debug(m, &t->debug);
	return row_find(&t->debug.table, at.v - t->debug.bias);
}

struct site sites_add(struct sites *s, struct program *p,
		      const struct layout *l, addr_t at)
{
	struct site site = {
		.row = find_row(s, p, at),
		.own = layout_own_code(l, at),
		.in_library = layout_library_code(l, at),
		.seam = layout_seam_code(l, at),
		.outermost = layout_outermost_code(l, at),
	};

	site.signal = !site.own && site.row && site.row->signal;
	map_put(&s->index, at.v, s->all.n);
	*ARRAY_PUSH(&s->all) = site;
	return site;
}
