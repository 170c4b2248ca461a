/* SPDX-License-Identifier: BSD-2-Clause */
/* DWARF expressions. */
#include <dwarf.h>
#include <string.h>

#include "test.h"
#include "unwind/eval.h"

/* Memory is eight words at 0x1000: 0x100, 0x101, ... */
static bool read_words(void *arg, addr_t at, void *buf, size_t size)
{
	uint64_t words[8];

	(void)arg;
	for (int i = 0; i < 8; i++)
		words[i] = 0x100 + i;
	if (at.v < 0x1000 || at.v + size > 0x1000 + sizeof(words))
		return false;
	memcpy(buf, (char *)words + (at.v - 0x1000), size);
	return true;
}

/* rsp is 0x1000, rbp -16, the CFA 0x2000; nothing else is known. */
static bool run(const Dwarf_Op *ops, size_t n, uint64_t *ret)
{
	struct regs regs = { .known = 0 };
	struct frame_state f = { &regs, 0x2000, read_words, NULL };

	regs_set(&regs, DwRsp, 0x1000);
	regs_set(&regs, DwRbp, -16);
	return eval(ops, n, &f, ret);
}

#define YIELDS(value, ...)                                                     \
	do {                                                                   \
		Dwarf_Op ops_[] = { __VA_ARGS__ };                             \
		uint64_t ret_ = 0;                                             \
		assert_true(run(ops_, sizeof(ops_) / sizeof(*ops_), &ret_));   \
		assert_int_equal(ret_, (uint64_t)(value));                     \
	} while (0)

#define FAILS(...)                                                             \
	do {                                                                   \
		Dwarf_Op ops_[] = { __VA_ARGS__ };                             \
		uint64_t ret_;                                                 \
		assert_false(run(ops_, sizeof(ops_) / sizeof(*ops_), &ret_));  \
	} while (0)

/* An operation and its operands. */
static Dwarf_Op two(uint8_t atom, int64_t number, int64_t number2)
{
	return (Dwarf_Op){ atom, number, number2, 0 };
}

static Dwarf_Op one(uint8_t atom, int64_t number)
{
	return two(atom, number, 0);
}

static Dwarf_Op plain(uint8_t atom)
{
	return two(atom, 0, 0);
}

static Dwarf_Op push(int64_t number)
{
	return one(DW_OP_consts, number);
}

/* The operation that begins at byte OFFSET, for branches. */
static Dwarf_Op at(uint64_t offset, uint8_t atom, int64_t number)
{
	return (Dwarf_Op){ atom, number, 0, offset };
}

static void reads_registers_and_memory(void **state)
{
	(void)state;
	YIELDS(0x1008, one(DW_OP_breg7, 8));
	YIELDS(0xff8, two(DW_OP_bregx, DwRsp, -8));
	YIELDS(0x2000, plain(DW_OP_call_frame_cfa));
	YIELDS(0x101, one(DW_OP_breg7, 8), plain(DW_OP_deref));
	YIELDS(0x01, one(DW_OP_breg7, 8), one(DW_OP_deref_size, 1));
	YIELDS(31, plain(DW_OP_lit31));
}

static void computes(void **state)
{
	(void)state;
	YIELDS(5, push(7), push(2), plain(DW_OP_minus));
	YIELDS(-3, push(7), push(-2), plain(DW_OP_div));
	YIELDS(1, push(7), push(2), plain(DW_OP_mod));
	YIELDS(-7, push(7), plain(DW_OP_neg));
	YIELDS(7, push(-7), plain(DW_OP_abs));
	YIELDS(1, push(-1), push(1), plain(DW_OP_lt));
	YIELDS(-1, push(-2), push(1), plain(DW_OP_shra));
	YIELDS(0, push(1), push(64), plain(DW_OP_shl));
	YIELDS(-1, push(-1), push(200), plain(DW_OP_shra));
	YIELDS(INT64_MIN, push(INT64_MIN), push(-1), plain(DW_OP_div));
}

static void moves(void **state)
{
	(void)state;
	YIELDS(2, push(1), push(2), push(3), plain(DW_OP_rot));
	YIELDS(1, push(1), push(2), push(3), plain(DW_OP_rot),
	       plain(DW_OP_drop));
	YIELDS(1, push(1), push(2), plain(DW_OP_swap));
	YIELDS(1, push(1), push(2), plain(DW_OP_over));
	YIELDS(1, push(1), push(2), push(3), one(DW_OP_pick, 2));
}

/* What the PLT's unwind table says, near enough: CFA = rsp + 8, and 8 more
 * where (rbp & 15) >= 11. */
static void plt_expression(void **state)
{
	(void)state;
	YIELDS(0x1008, one(DW_OP_breg7, 8), one(DW_OP_breg6, 0),
	       plain(DW_OP_lit15), plain(DW_OP_and), plain(DW_OP_lit11),
	       plain(DW_OP_ge), plain(DW_OP_lit3), plain(DW_OP_shl),
	       plain(DW_OP_plus));
}

/* At 0: lit0 or lit1; bra over lit5, skip to the end; lit6. */
static void branches(void **state)
{
	(void)state;
	for (int go = 0; go < 2; go++)
		YIELDS(go ? 6 : 5, at(0, DW_OP_lit0 + go, 0),
		       at(1, DW_OP_bra, 4), at(4, DW_OP_lit5, 0),
		       at(5, DW_OP_skip, 1), at(8, DW_OP_lit6, 0));
}

static void refuses(void **state)
{
	(void)state;
	FAILS(plain(DW_OP_nop));
	FAILS(plain(DW_OP_plus));
	FAILS(push(1), push(0), plain(DW_OP_div));
	FAILS(push(1), push(0), plain(DW_OP_mod));
	FAILS(one(DW_OP_breg0, 0));
	FAILS(two(DW_OP_bregx, 1000, 0));
	FAILS(push(0x10), plain(DW_OP_deref));
	FAILS(push(0x1000), one(DW_OP_deref_size, 9));
	FAILS(push(1), one(DW_OP_pick, 7));
	FAILS(plain(DW_OP_push_object_address));
	/* Endless: the branch goes back to itself. */
	FAILS(at(0, DW_OP_skip, -3));
	/* Into the middle of an operation. */
	FAILS(at(0, DW_OP_skip, -2));
	/* Deeper than any expression: each round leaves a value. */
	FAILS(at(0, DW_OP_lit1, 0), at(1, DW_OP_skip, -4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_registers_and_memory),
		cmocka_unit_test(computes),
		cmocka_unit_test(moves),
		cmocka_unit_test(plt_expression),
		cmocka_unit_test(branches),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
