/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "unwind/sites.h"

void sites_free(struct sites *s)
{
	for (size_t i = 0; i < s->all.n; i++)
		row_free(s->all.items[i].row);
	map_free(&s->index);
	free(s->all.items);
	*s = (struct sites){ .tables = s->tables };
}

struct tables *tables_new(void)
{
	return array_new(1, sizeof(struct tables));
}

void tables_free(struct tables *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->modules.n; i++) {
		table_close(&t->modules.items[i].eh.table);
		table_close(&t->modules.items[i].debug.table);
	}
	free(t->modules.items);
	free(t);
}

const struct site *sites_known(const struct sites *s, addr_t at)
{
	const uint32_t *known = map_get(&s->index, at.v);

	return known ? &s->all.items[*known] : NULL;
}

static struct module_tables *tables_of(struct tables *t, const Dwfl_Module *m)
{
	for (size_t i = 0; i < t->modules.n; i++)
		if (t->modules.items[i].module == m)
			return &t->modules.items[i];
	*ARRAY_PUSH(&t->modules) = (struct module_tables){ .module = m };
	return &t->modules.items[t->modules.n - 1];
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
	if (!s->tables)
		s->tables = tables_new();
	t = tables_of(s->tables, m);
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
