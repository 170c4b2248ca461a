/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <string.h>

#include "symbol/variables.h"

static const char OptimizedOut[] = "<optimized out>";
static const char NotSaved[] = "<not saved>";
static const char ThreadLocal[] = "<thread-local>";
static const char Unreadable[] = "<cannot be read>";

/* More operations come from damage. */
enum { OpsMost = 256 };

/* What an expression is made of: OPS, of ATTRIBUTE. */
struct expression {
	Dwarf_Attribute *attribute;
	const Dwarf_Op *ops;
	size_t n;
};

bool is_register(const Dwarf_Op *op, unsigned *ret)
{
	if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31)
		*ret = op->atom - DW_OP_reg0;
	else if (op->atom == DW_OP_regx)
		*ret = op->number;
	else
		return false;
	return true;
}

/* What DW_OP_fbreg counts from. */
static bool frame_base(const struct variable_frame *f, uint64_t *ret)
{
	Dwarf_Die function = f->function;
	Dwarf_Attribute a;
	Dwarf_Op *ops;
	unsigned reg;
	size_t n;

	if (!dwarf_attr_integrate(&function, DW_AT_frame_base, &a)
	    || dwarf_getlocation_addr(&a, f->at.v - f->code.bias, &ops, &n, 1)
		       != 1)
		return false;
	if (n == 1 && ops->atom == DW_OP_call_frame_cfa && !f->state.cfa)
		return false;
	if (n != 1 || !is_register(ops, &reg))
		return eval(ops, n, &f->state, ret);
	if (!regs_know(f->state.regs, reg))
		return false;
	*ret = f->state.regs->value[reg];
	return true;
}

/* What OP, which asks for a register at the function's entry, comes to. */
static bool entered_with(const struct expression *e, const Dwarf_Op *op,
			 const struct variable_frame *f, uint64_t *ret)
{
	Dwarf_Attribute nested;
	Dwarf_Op *ops;
	unsigned reg;
	size_t n;

	return dwarf_getlocation_attr(e->attribute, op, &nested) == 0
	       && dwarf_getlocation(&nested, &ops, &n) == 0 && n == 1
	       && is_register(ops, &reg) && entry_value(f, reg, ret);
}

/* The address in a list of them that OP has the index of. */
static bool listed_address(const struct expression *e, const Dwarf_Op *op,
			   uint64_t *ret)
{
	Dwarf_Attribute listed;

	return dwarf_getlocation_attr(e->attribute, op, &listed) == 0
	       && dwarf_formaddr(&listed, ret) == 0;
}

/* The operations as unwind tables have them: what those do not know as a
 * number. */
static bool translate(const struct expression *e,
		      const struct variable_frame *f, Dwarf_Op *ret)
{
	uint64_t base;

	if (e->n > OpsMost)
		return false;
	for (size_t i = 0; i < e->n; i++) {
		ret[i] = e->ops[i];
		if (ret[i].atom == DW_OP_addr) {
			ret[i].atom = DW_OP_constu;
			ret[i].number += f->code.bias;
		} else if (ret[i].atom == DW_OP_addrx
			   || ret[i].atom == DW_OP_GNU_addr_index) {
			if (!listed_address(e, &e->ops[i], &base))
				return false;
			ret[i].atom = DW_OP_constu;
			ret[i].number = base + f->code.bias;
		} else if (ret[i].atom == DW_OP_fbreg) {
			if (!frame_base(f, &base))
				return false;
			ret[i].atom = DW_OP_constu;
			ret[i].number += base;
		} else if (ret[i].atom == DW_OP_entry_value
			   || ret[i].atom == DW_OP_GNU_entry_value) {
			if (!entered_with(e, &e->ops[i], f, &base))
				return false;
			ret[i].atom = DW_OP_constu;
			ret[i].number = base;
		} else if (ret[i].atom == DW_OP_call_frame_cfa
			   && !f->state.cfa) {
			return false;
		}
	}
	return true;
}

bool expression_value(Dwarf_Attribute *a, const Dwarf_Op *ops, size_t n,
		      const struct variable_frame *f, uint64_t *ret)
{
	const struct expression e = { a, ops, n };
	Dwarf_Op translated[OpsMost];

	return translate(&e, f, translated)
	       && eval(translated, n, &f->state, ret);
}

static const char *copy_memory(const struct variable_frame *f, uint64_t at,
			       uint8_t *to, size_t size)
{
	return f->state.read(f->state.arg, addr(at), to, size) ? NULL
							       : Unreadable;
}

/* DWARF's numbers of xmm0 to xmm15, which nobody keeps. */
enum { FirstXmm = 17, LastXmm = 32 };

static const char *copy_register(const struct variable_frame *f, unsigned reg,
				 uint8_t *to, size_t size)
{
	if (reg >= FirstXmm && reg <= LastXmm)
		return strings_format(&f->symbols->snapshot->strings,
				      "<in xmm%u>", reg - FirstXmm);
	if (reg >= NRegs || size > sizeof(uint64_t))
		return OptimizedOut;
	if (!regs_know(f->state.regs, reg))
		return NotSaved;
	memcpy(to, &f->state.regs->value[reg], size);
	return NULL;
}

static const char *copy_implicit(const struct expression *e, uint8_t *to,
				 size_t size)
{
	Dwarf_Block block;

	if (dwarf_getlocation_implicit_value(e->attribute, e->ops, &block) != 0
	    || block.length < size)
		return OptimizedOut;
	memcpy(to, block.data, size);
	return NULL;
}

static bool is_thread_local(const struct expression *e)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->ops[i].atom == DW_OP_form_tls_address
		    || e->ops[i].atom == DW_OP_GNU_push_tls_address)
			return true;
	return false;
}

/* SIZE bytes from where E says that they are, none of it in pieces. Why not;
 * NULL. */
static const char *copy(const struct expression *e,
			const struct variable_frame *f, uint8_t *to,
			size_t size)
{
	Dwarf_Op ops[OpsMost];
	uint64_t value;
	unsigned reg;

	if (e->n == 0)
		return OptimizedOut;
	if (e->n == 1 && is_register(e->ops, &reg))
		return copy_register(f, reg, to, size);
	if (e->ops[e->n - 1].atom == DW_OP_implicit_value)
		return copy_implicit(e, to, size);
	if (is_thread_local(e))
		return ThreadLocal;
	if (!translate(e, f, ops) || !eval(ops, e->n, &f->state, &value))
		return OptimizedOut;
	if (ops[e->n - 1].atom != DW_OP_stack_value)
		return copy_memory(f, value, to, size);
	if (size > sizeof(value))
		return OptimizedOut;
	memcpy(to, &value, size);
	return NULL;
}

/* The same, piece by piece if there are any. */
static const char *copy_pieces(const struct expression *whole,
			       const struct variable_frame *f, uint8_t *to,
			       size_t size)
{
	struct expression piece = { whole->attribute, whole->ops, 0 };
	size_t done = 0;

	for (size_t i = 0; i < whole->n; i++) {
		size_t n = whole->ops[i].number;
		const char *no;

		if (whole->ops[i].atom != DW_OP_piece) {
			piece.n++;
			continue;
		}
		n = n < size - done ? n : size - done;
		no = n ? copy(&piece, f, to + done, n) : NULL;
		if (no)
			return no;
		done += n;
		piece.ops = &whole->ops[i + 1];
		piece.n = 0;
	}
	if (piece.n == whole->n)
		return copy(whole, f, to, size);
	return done == size ? NULL : OptimizedOut;
}

bool form_is_signed(Dwarf_Attribute *a)
{
	unsigned form = dwarf_whatform(a);

	return form == DW_FORM_sdata || form == DW_FORM_implicit_const;
}

static const char *constant(Dwarf_Attribute *a, uint8_t *to, size_t size)
{
	Dwarf_Sword number;
	Dwarf_Word natural;
	Dwarf_Block block;

	if (dwarf_formblock(a, &block) == 0 && block.length >= size) {
		memcpy(to, block.data, size);
		return NULL;
	}
	if (size > sizeof(number)
	    || (form_is_signed(a) ? dwarf_formsdata(a, &number)
				  : dwarf_formudata(a, &natural))
		       != 0)
		return OptimizedOut;
	if (!form_is_signed(a))
		number = (Dwarf_Sword)natural;
	memcpy(to, &number, size);
	return NULL;
}

void variable_value(Dwarf_Die *die, const struct variable_frame *f, size_t size,
		    struct value *ret)
{
	struct expression e = { 0 };
	Dwarf_Attribute a;
	Dwarf_Op *ops;

	ret->n = size < ValueMost ? size : ValueMost;
	if (dwarf_attr_integrate(die, DW_AT_const_value, &a)) {
		ret->no = constant(&a, ret->bytes, ret->n);
		return;
	}
	if (dwarf_attr_integrate(die, DW_AT_location, &a)
	    && dwarf_getlocation_addr(&a, f->at.v - f->code.bias, &ops, &e.n, 1)
		       == 1) {
		e.attribute = &a;
		e.ops = ops;
	}
	ret->no = e.ops ? copy_pieces(&e, f, ret->bytes, ret->n) : OptimizedOut;
}
