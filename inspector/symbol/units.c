/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "symbol/units.h"

void units_free(struct units *u)
{
	for (size_t i = 0; i < u->n; i++)
		free(u->items[i].ranges.items);
	free(u->items);
	*u = (struct units){ 0 };
}

static int compare_ranges(const void *a, const void *b)
{
	const struct unit_range *x = a, *y = b;

	return x->low < y->low ? -1 : x->low > y->low;
}

static void add_unit(struct module_units *m, Dwarf_Die *unit, Dwarf_Addr bias)
{
	Dwarf_Addr base, low, end;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(unit, at, &base, &low, &end)) > 0)
		*ARRAY_PUSH(&m->ranges) =
			(struct unit_range){ low + bias, end + bias, bias,
					     *unit };
}

static struct module_units *add_module(struct units *u, Dwfl_Module *module)
{
	struct module_units *new = ARRAY_PUSH(u);
	Dwarf_Die *unit = NULL;
	Dwarf_Addr bias;

	*new = (struct module_units){ .module = module };
	while ((unit = dwfl_module_nextcu(module, unit, &bias)))
		add_unit(new, unit, bias);
	if (new->ranges.n)
		qsort(new->ranges.items, new->ranges.n,
		      sizeof(*new->ranges.items), compare_ranges);
	return new;
}

static struct module_units *units_of(struct units *u, Dwfl_Module *module)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->items[i].module == module)
			return &u->items[i];
	return add_module(u, module);
}

/* The last range that begins at AT or before. */
static const struct unit_range *range_at(const struct module_units *m,
					 Dwarf_Addr at)
{
	size_t n = ARRAY_UPTO(&m->ranges, .low, at);

	return n ? &m->ranges.items[n - 1] : NULL;
}

bool units_find(struct units *u, Dwfl_Module *m, Dwarf_Addr at, Dwarf_Die *ret,
		Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(m, at, bias);
	const struct unit_range *r;

	/* libdw tells of the unit before a gap, too (0.188, addrarange). */
	if (unit && dwarf_haspc(unit, at - *bias) == 1) {
		*ret = *unit;
		return true;
	}
	r = range_at(units_of(u, m), at);
	if (!r || at >= r->end)
		return false;
	*ret = r->unit;
	*bias = r->bias;
	return true;
}
