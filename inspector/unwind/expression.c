/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <stdlib.h>

#include "unwind/expression.h"
#include "util/array.h"
#include "util/scope.h"

/* The longest that compilers make, for the stubs of libraries' calls, has 11.
 */
enum { BytesMost = 512 };

/* What follows an operation's byte: so many bytes, or these. */
enum operand {
	UNKNOWN, /* the operation itself is */
	NOTHING,
	FIXED, /* 1 to 8 bytes: FIXED + their number */
	SIGNED = FIXED + 9,
	ULEB = SIGNED + 9,
	SLEB,
	ULEB_SLEB,
};

static const uint8_t operands[256] = {
	[DW_OP_const1u] = FIXED + 1,
	[DW_OP_const1s] = SIGNED + 1,
	[DW_OP_const2u] = FIXED + 2,
	[DW_OP_const2s] = SIGNED + 2,
	[DW_OP_const4u] = FIXED + 4,
	[DW_OP_const4s] = SIGNED + 4,
	[DW_OP_const8u] = FIXED + 8,
	[DW_OP_const8s] = SIGNED + 8,
	[DW_OP_constu] = ULEB,
	[DW_OP_consts] = SLEB,
	[DW_OP_pick] = FIXED + 1,
	[DW_OP_deref_size] = FIXED + 1,
	[DW_OP_plus_uconst] = ULEB,
	[DW_OP_bra] = SIGNED + 2,
	[DW_OP_skip] = SIGNED + 2,
	[DW_OP_bregx] = ULEB_SLEB,
	[DW_OP_breg0... DW_OP_breg31] = SLEB,
	[DW_OP_lit0... DW_OP_lit31] = NOTHING,
	[DW_OP_deref] = NOTHING,
	[DW_OP_call_frame_cfa] = NOTHING,
	[DW_OP_dup] = NOTHING,
	[DW_OP_drop] = NOTHING,
	[DW_OP_over] = NOTHING,
	[DW_OP_swap] = NOTHING,
	[DW_OP_rot] = NOTHING,
	[DW_OP_abs] = NOTHING,
	[DW_OP_and... DW_OP_plus] = NOTHING,
	[DW_OP_shl... DW_OP_xor] = NOTHING,
	[DW_OP_eq... DW_OP_ne] = NOTHING,
	[DW_OP_nop] = NOTHING,
};

static bool read_operands(struct reader *r, Dwarf_Op *op)
{
	uint8_t kind = operands[op->atom];

	switch (kind) {
	case UNKNOWN:
		return false;
	case NOTHING:
		break;
	case ULEB:
		op->number = reader_uleb(r);
		break;
	case SLEB:
		op->number = reader_sleb(r);
		break;
	case ULEB_SLEB:
		op->number = reader_uleb(r);
		op->number2 = reader_sleb(r);
		break;
	default:
		if (kind < SIGNED)
			op->number = reader_number(r, kind - FIXED);
		else
			op->number = reader_signed(r, kind - SIGNED);
	}
	return !r->failed;
}

size_t expression_parse(struct reader code, Dwarf_Op **ret)
{
	const uint8_t *start = code.at;
	SCOPE(memory) Dwarf_Op *ops = NULL;
	size_t n = 1;

	if (reader_left(&code) > BytesMost)
		return 0;
	/* An operation has one byte at the least. */
	ops = array_new(reader_left(&code) + 1, sizeof(*ops));
	for (; reader_left(&code); n++) {
		ops[n].offset = code.at - start;
		ops[n].atom = reader_number(&code, 1);
		if (!read_operands(&code, &ops[n]))
			return 0;
	}
	*ret = RELEASE(ops);
	return n;
}
