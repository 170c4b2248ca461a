/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <string.h>

#include "symbol/variables.h"

bool variable_type(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute a;

	return dwarf_attr_integrate(die, DW_AT_type, &a)
	       && dwarf_formref_die(&a, ret) && dwarf_peel_type(ret, ret) == 0;
}

/* A bound that is a number, another variable's value or an expression, as
 * those of arrays are whose length the program has computed. */
static bool bound_of(Dwarf_Die *range, unsigned which,
		     const struct variable_frame *f, uint64_t *ret)
{
	Dwarf_Attribute a;
	struct value value;
	Dwarf_Die other;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr_integrate(range, which, &a))
		return false;
	if (dwarf_formudata(&a, ret) == 0)
		return true;
	if (dwarf_formref_die(&a, &other)) {
		variable_value(&other, f, sizeof(*ret), &value);
		memcpy(ret, value.bytes, sizeof(*ret));
		return !value.no;
	}
	return dwarf_getlocation(&a, &ops, &n) == 0
	       && expression_value(&a, ops, n, f, ret);
}

static uint64_t count_of(Dwarf_Die *range, const struct variable_frame *f)
{
	uint64_t n;

	if (bound_of(range, DW_AT_count, f, &n))
		return n;
	return bound_of(range, DW_AT_upper_bound, f, &n) ? n + 1 : 0;
}

size_t array_dimensions(Dwarf_Die *type, const struct variable_frame *f,
			uint64_t counts[DimensionsMost])
{
	size_t n = 0;
	Dwarf_Die die;

	if (dwarf_child(type, &die) != 0)
		return 0;
	do
		if (dwarf_tag(&die) == DW_TAG_subrange_type)
			counts[n++] = count_of(&die, f);
	while (n < DimensionsMost && dwarf_siblingof(&die, &die) == 0);
	return n;
}

/* Of an array of arrays, whose lengths may be computed ones. */
static uint64_t size_of_array(Dwarf_Die *type, const struct variable_frame *f)
{
	uint64_t counts[DimensionsMost], size;
	size_t n = array_dimensions(type, f, counts);
	Dwarf_Die element;

	if (n == 0 || !variable_type(type, &element))
		return 0;
	size = type_size(&element);
	while (n--)
		if (__builtin_mul_overflow(size, counts[n], &size))
			return 0;
	return size;
}

uint64_t type_size(Dwarf_Die *type)
{
	Dwarf_Word size;

	return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

uint64_t variable_size(Dwarf_Die *die, const struct variable_frame *f)
{
	Dwarf_Die type;
	uint64_t size;

	if (!variable_type(die, &type))
		return 0;
	size = type_size(&type);
	if (!size && dwarf_tag(&type) == DW_TAG_array_type)
		size = size_of_array(&type, f);
	return size;
}
