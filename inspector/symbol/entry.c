/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a register held when a function was entered, which the caller's debug
 * information tells of each call. It tells it of the function that is called
 * there: where that has gone on to another by a jump, it is of no use.
 */
#include <dwarf.h>
#include <string.h>

#include "symbol/variables.h"

/* The frame that F was called from; code that switches stacks is not asked. */
static bool find_caller(const struct variable_frame *f,
			struct variable_frame *ret)
{
	const struct stack_frames *stack = f->stack;
	size_t nth = f->nth + 1;

	while (nth < stack->n && stack->frames[nth].seam)
		nth++;
	if (nth >= stack->n || stack->frames[nth].kind != FRAME_CALL)
		return false;
	*ret = *f;
	ret->depth++;
	return variable_frame_find(ret, nth);
}

static bool is_call(Dwarf_Die *die, Dwarf_Addr return_pc)
{
	int tag = dwarf_tag(die);
	Dwarf_Attribute a;
	Dwarf_Addr at;

	if (tag != DW_TAG_call_site && tag != DW_TAG_GNU_call_site)
		return false;
	return dwarf_formaddr(dwarf_attr(die,
					 tag == DW_TAG_call_site
						 ? DW_AT_call_return_pc
						 : DW_AT_low_pc,
					 &a),
			      &at)
		       == 0
	       && at == return_pc;
}

/* The call that returns to RETURN_PC, below PARENT. */
static bool find_call(Dwarf_Die *parent, Dwarf_Addr return_pc, unsigned depth,
		      Dwarf_Die *ret)
{
	Dwarf_Die die;

	if (depth == BlocksMost || dwarf_child(parent, &die) != 0)
		return false;
	do {
		int tag = dwarf_tag(&die);

		if (is_call(&die, return_pc)) {
			*ret = die;
			return true;
		}
		if ((tag == DW_TAG_lexical_block
		     || tag == DW_TAG_inlined_subroutine)
		    && find_call(&die, return_pc, depth + 1, ret))
			return true;
	} while (dwarf_siblingof(&die, &die) == 0);
	return false;
}

/* A name by which a function is told from all others, if it has one. */
static const char *link_name(Dwarf_Die *die)
{
	Dwarf_Attribute a;
	const char *name = dwarf_formstring(
		dwarf_attr_integrate(die, DW_AT_linkage_name, &a));

	return name ? name : dwarf_diename(die);
}

/* Where F's function is entered, in its unit's own terms. */
static bool function_start(const struct variable_frame *f, Dwarf_Addr *ret)
{
	Dwarf_Die function = f->function;
	Dwarf_Addr base, end;

	return dwarf_entrypc(&function, ret) == 0
	       || dwarf_ranges(&function, 0, &base, ret, &end) > 0;
}

/* Whether the call that CALLER stands in, through a pointer, is of F's function
 * by what the pointer is now. */
static bool points_to(Dwarf_Die *call, const struct variable_frame *caller,
		      const struct variable_frame *f)
{
	Dwarf_Attribute a;
	Dwarf_Addr start;
	uint64_t called;
	Dwarf_Op *ops;
	size_t n;

	return (dwarf_attr(call, DW_AT_call_target, &a)
		|| dwarf_attr(call, DW_AT_GNU_call_site_target, &a))
	       && dwarf_getlocation(&a, &ops, &n) == 0
	       && expression_value(&a, ops, n, caller, &called)
	       && function_start(f, &start) && called == start + f->code.bias;
}

/* Whether the call calls what F is a frame of, and nothing before it. */
static bool calls(Dwarf_Die *call, const struct variable_frame *caller,
		  const struct variable_frame *f)
{
	Dwarf_Die function = f->function, origin;
	const char *called, *here;
	Dwarf_Attribute a;

	if (!dwarf_attr(call, DW_AT_call_origin, &a)
	    && !dwarf_attr(call, DW_AT_abstract_origin, &a))
		return points_to(call, caller, f);
	if (!dwarf_formref_die(&a, &origin))
		return false;
	called = link_name(&origin);
	here = link_name(&function);
	return called && here && strcmp(called, here) == 0;
}

/* The value that the call gives register REG. */
static bool find_parameter(Dwarf_Die *call, unsigned reg, Dwarf_Attribute *ret)
{
	Dwarf_Die die;

	if (dwarf_child(call, &die) != 0)
		return false;
	do {
		Dwarf_Attribute a;
		unsigned number;
		Dwarf_Op *ops;
		size_t n;

		if (dwarf_getlocation(dwarf_attr(&die, DW_AT_location, &a),
				      &ops, &n)
			    == 0
		    && n == 1 && is_register(ops, &number) && number == reg)
			return dwarf_attr(&die, DW_AT_call_value, ret)
			       || dwarf_attr(&die, DW_AT_GNU_call_site_value,
					     ret);
	} while (dwarf_siblingof(&die, &die) == 0);
	return false;
}

static bool ask_caller(const struct variable_frame *f, unsigned reg,
		       uint64_t *ret)
{
	struct variable_frame caller;
	Dwarf_Attribute a;
	Dwarf_Die call;
	Dwarf_Op *ops;
	size_t n;

	return find_caller(f, &caller)
	       && find_call(&caller.function,
			    caller.at.v + 1 - caller.code.bias, 0, &call)
	       && calls(&call, &caller, f) && find_parameter(&call, reg, &a)
	       && dwarf_getlocation(&a, &ops, &n) == 0
	       && expression_value(&a, ops, n, &caller, ret);
}

bool entry_value(const struct variable_frame *f, unsigned reg, uint64_t *ret)
{
	struct entered *e = f->entered;
	uint32_t bit;

	if (f->depth == CallersMost)
		return false;
	if (reg >= EnteredRegs)
		return ask_caller(f, reg, ret);
	bit = UINT32_C(1) << reg;
	if (!(e->asked[f->depth] & bit)) {
		e->asked[f->depth] |= bit;
		if (ask_caller(f, reg, &e->value[f->depth][reg]))
			e->known[f->depth] |= bit;
	}
	*ret = e->value[f->depth][reg];
	return e->known[f->depth] & bit;
}

bool argument_entered(Dwarf_Die *die, const struct variable_frame *f,
		      uint64_t *ret)
{
	Dwarf_Attribute a;
	Dwarf_Addr start;
	unsigned reg;
	Dwarf_Op *ops;
	size_t n;

	if (dwarf_attr_integrate(die, DW_AT_const_value, &a)
	    || !dwarf_attr_integrate(die, DW_AT_location, &a)
	    || !function_start(f, &start)
	    || dwarf_getlocation_addr(&a, start, &ops, &n, 1) != 1)
		return false;
	return n == 1 && is_register(ops, &reg) && entry_value(f, reg, ret);
}
