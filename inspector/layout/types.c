/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <string.h>

#include "layout/types.h"
#include "util/scope.h"

bool types_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute a;
	Dwarf_Die type;

	if (!dwarf_formref_die(dwarf_attr_integrate(die, DW_AT_type, &a),
			       &type))
		return false;
	return dwarf_peel_type(&type, ret) == 0;
}

static bool is_struct(Dwarf_Die *die)
{
	int tag = dwarf_tag(die);

	return (tag == DW_TAG_structure_type || tag == DW_TAG_class_type)
	       && dwarf_haschildren(die)
	       && !dwarf_hasattr(die, DW_AT_declaration);
}

/* DIE as what is sought: itself, or what the typedef stands for. */
static bool fits(Dwarf_Die *die, enum sought_kind kind, Dwarf_Die *ret)
{
	int tag = dwarf_tag(die);

	*ret = *die;
	if (kind == SOUGHT_ENUMERATOR)
		return tag == DW_TAG_enumerator;
	if (kind == SOUGHT_VARIABLE)
		return tag == DW_TAG_variable
		       && dwarf_hasattr(die, DW_AT_location);
	if (tag == DW_TAG_typedef && dwarf_peel_type(die, ret) != 0)
		return false;
	if (kind == SOUGHT_ENUM)
		return dwarf_tag(ret) == DW_TAG_enumeration_type
		       && !dwarf_hasattr(ret, DW_AT_declaration);
	return is_struct(ret);
}

/* Compare a unit's DIE, or an enumerator, with all that is sought. */
static void match(Dwarf_Die *die, struct sought *sought, size_t n)
{
	const char *name = dwarf_diename(die);

	for (size_t i = 0; name && i < n; i++) {
		struct sought *s = &sought[i];

		if (!s->found && s->name && strcmp(s->name, name) == 0)
			s->found = fits(die, s->kind, &s->die);
	}
}

static void match_children(Dwarf_Die *parent, struct sought *sought, size_t n,
			   void (*visit)(Dwarf_Die *, struct sought *, size_t))
{
	Dwarf_Die die;

	if (dwarf_child(parent, &die) != 0)
		return;
	do
		visit(&die, sought, n);
	while (dwarf_siblingof(&die, &die) == 0);
}

static bool any_enumerator(const struct sought *sought, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sought[i].kind == SOUGHT_ENUMERATOR && sought[i].name
		    && !sought[i].found)
			return true;
	return false;
}

static void match_unit(Dwarf_Die *die, struct sought *sought, size_t n)
{
	match(die, sought, n);
	if (dwarf_tag(die) == DW_TAG_enumeration_type
	    && any_enumerator(sought, n))
		match_children(die, sought, n, match);
}

/* Whether code of the unit, loaded at BIAS, lies in [low, end). */
static bool has_code_in(Dwarf_Die *unit, Dwarf_Addr bias, addr_t low,
			addr_t end)
{
	Dwarf_Addr base, start, stop;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(unit, at, &base, &start, &stop)) > 0)
		if (addr_within(addr(start + bias), low, end))
			return true;
	return false;
}

static bool all_found(const struct sought *sought, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (sought[i].name && !sought[i].found)
			return false;
	return true;
}

/* Go through the units whose being the runtime's is OWN. */
static void search_units(struct program *p, addr_t low, addr_t end, bool own,
			 struct sought *sought, size_t n)
{
	Dwarf_Die *unit = NULL;
	Dwarf_Addr bias;

	while (!all_found(sought, n)
	       && (unit = dwfl_module_nextcu(p->exe, unit, &bias)))
		if (has_code_in(unit, bias, low, end) == own)
			match_children(unit, sought, n, match_unit);
}

bool types_find(struct program *p, addr_t low, addr_t end,
		struct sought *sought, size_t n)
{
	Dwarf_Addr bias;

	if (!dwfl_module_getdwarf(p->exe, &bias))
		return false;
	search_units(p, low, end, true, sought, n);
	search_units(p, low, end, false, sought, n);
	return true;
}

static bool direct_member(Dwarf_Die *type, const char *name, size_t length,
			  Dwarf_Die *ret)
{
	if (dwarf_child(type, ret) != 0)
		return false;
	do {
		const char *its = dwarf_diename(ret);

		if (dwarf_tag(ret) == DW_TAG_member && its
		    && strlen(its) == length && strncmp(its, name, length) == 0)
			return true;
	} while (dwarf_siblingof(ret, ret) == 0);
	return false;
}

static uint64_t member_offset(Dwarf_Die *member)
{
	Dwarf_Attribute a;
	Dwarf_Word offset = 0;

	dwarf_formudata(dwarf_attr(member, DW_AT_data_member_location, &a),
			&offset);
	return offset;
}

bool types_direct(Dwarf_Die *type, const char *name, Dwarf_Die *ret,
		  uint64_t *offset)
{
	if (!direct_member(type, name, strlen(name), ret))
		return false;
	*offset = member_offset(ret);
	return true;
}

bool types_member(Dwarf_Die *type, const char *path, struct field *ret)
{
	size_t length = strcspn(path, ".");
	Dwarf_Die member, inner;
	Dwarf_Word size;
	struct field f;

	if (!direct_member(type, path, length, &member)
	    || !types_of(&member, &inner))
		return false;
	if (path[length] == '\0') {
		if (dwarf_aggregate_size(&inner, &size) != 0)
			return false;
		*ret = (struct field){ .offset = member_offset(&member),
				       .size = size };
		return true;
	}
	if (!types_member(&inner, path + length + 1, &f))
		return false;
	*ret = (struct field){ .offset = member_offset(&member) + f.offset,
			       .size = f.size };
	return true;
}

bool types_address(struct program *p, Dwarf_Die *variable, addr_t *ret)
{
	Dwarf_Attribute a, indexed;
	Dwarf_Addr bias, at;
	Dwarf_Op *ops;
	size_t n;

	if (!dwfl_module_getdwarf(p->exe, &bias)
	    || dwarf_getlocation(dwarf_attr(variable, DW_AT_location, &a), &ops,
				 &n)
		       != 0
	    || n != 1)
		return false;
	if (ops[0].atom == DW_OP_addr)
		at = ops[0].number;
	else if (ops[0].atom != DW_OP_addrx
		 || dwarf_getlocation_attr(&a, &ops[0], &indexed) != 0
		 || dwarf_formaddr(&indexed, &at) != 0)
		return false;
	*ret = addr(at + bias);
	return true;
}

bool types_value(Dwarf_Die *enumerator, uint64_t *ret)
{
	Dwarf_Attribute a;
	Dwarf_Word value;

	if (dwarf_formudata(dwarf_attr(enumerator, DW_AT_const_value, &a),
			    &value)
	    != 0)
		return false;
	*ret = value;
	return true;
}
