/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Unwind tables as bytes, good ones and bad ones. A table has one CIE and one
 * FDE, for [0x1000, 0x1010), whose instructions are the test's.
 */
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "unwind/expression.h"
#include "unwind/row.h"

enum { Room = 512, First = 0x1000, Size = 0x10, Middle = First + 8 };

struct bytes {
	uint8_t at[Room];
	size_t n;
};

static void put(struct bytes *b, const void *from, size_t n)
{
	assert_true(b->n + n <= Room);
	memcpy(b->at + b->n, from, n);
	b->n += n;
}

static void put_number(struct bytes *b, uint64_t value, size_t size)
{
	put(b, &value, size);
}

/* CFA = rsp + 8, the return address at CFA - 8; addresses are absolute. */
static void put_common(struct bytes *b)
{
	static const uint8_t rest[] = {
		1,
		'z',
		'R',
		0,
		1,
		0x78,
		DwRip,
		1,
		0,
		DW_CFA_def_cfa,
		7,
		8,
		DW_CFA_offset | DwRip,
		1,
	};

	put_number(b, 4 + sizeof(rest), 4);
	put_number(b, 0, 4);
	put(b, rest, sizeof(rest));
}

static void put_entry(struct bytes *b, const uint8_t *code, size_t n)
{
	put_number(b, 4 + 8 + 8 + 1 + n, 4);
	put_number(b, b->n, 4); /* back to the CIE, at 0 */
	put_number(b, First, 8);
	put_number(b, Size, 8);
	put_number(b, 0, 1);
	put(b, code, n);
}

static struct table table_from(const struct bytes *b)
{
	struct reader r = { b->at, b->at + b->n, false };

	return table_of(r, 0x5000, TABLE_EH);
}

/* The row at AT of a table with the instructions CODE. */
static struct row *row_at(uint64_t at, const uint8_t *code, size_t n)
{
	struct bytes b = { .n = 0 };
	struct table t;
	struct row *row;

	put_common(&b);
	put_entry(&b, code, n);
	t = table_from(&b);
	row = row_find(&t, at);
	table_close(&t);
	return row;
}

#define ROW(at, ...)                                                           \
	row_at(at, (const uint8_t[]){ __VA_ARGS__ },                           \
	       sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void an_address_has_its_entry(void **state)
{
	struct row *row = ROW(First, DW_CFA_nop);

	(void)state;
	assert_non_null(row);
	assert_int_equal(row->cfa.reg, DwRsp);
	assert_int_equal(row->cfa.offset, 8);
	assert_int_equal(row->regs[DwRip].kind, RULE_AT_CFA);
	assert_int_equal(row->regs[DwRip].offset, -8);
	assert_int_equal(row->regs[DwRbx].kind, RULE_SAME);
	assert_int_equal(row->regs[0].kind, RULE_UNDEFINED);
	row_free(row);
	assert_null(ROW(First - 1, DW_CFA_nop));
	assert_null(ROW(First + Size, DW_CFA_nop));
}

static int64_t cfa_at(uint64_t at)
{
	struct row *row = ROW(at, DW_CFA_advance_loc | 4, DW_CFA_remember_state,
			      DW_CFA_def_cfa_offset, 32, DW_CFA_advance_loc | 4,
			      DW_CFA_restore_state);
	int64_t offset;

	assert_non_null(row);
	offset = row->cfa.offset;
	row_free(row);
	return offset;
}

static void instructions_count_from_their_place_on(void **state)
{
	(void)state;
	assert_int_equal(cfa_at(First + 3), 8);
	assert_int_equal(cfa_at(First + 4), 32);
	assert_int_equal(cfa_at(First + 7), 32);
	assert_int_equal(cfa_at(First + 8), 8);
}

static void restored_is_as_the_common_part_left_it(void **state)
{
	struct row *row = ROW(Middle, DW_CFA_offset | DwRip, 5,
			      DW_CFA_restore | DwRip, DW_CFA_offset | DwRbx, 2);

	(void)state;
	assert_non_null(row);
	assert_int_equal(row->regs[DwRip].offset, -8);
	assert_int_equal(row->regs[DwRbx].offset, -16);
	row_free(row);
}

/* 2^32 - 1: libdw would make room for so many. */
#define HUGE_REGISTER 0xff, 0xff, 0xff, 0xff, 0x0f

static void registers_that_there_are_not(void **state)
{
	struct row *row =
		ROW(Middle, DW_CFA_offset_extended, HUGE_REGISTER, 1,
		    DW_CFA_undefined, HUGE_REGISTER, DW_CFA_restore_extended,
		    HUGE_REGISTER, DW_CFA_register, DwRbx, HUGE_REGISTER);
	struct rule *rbx;

	(void)state;
	assert_non_null(row);
	rbx = &row->regs[DwRbx];
	assert_int_equal(rbx->kind, RULE_EXPRESSION);
	assert_int_equal(rbx->nops, 0);
	row_free(row);
	assert_null(ROW(Middle, DW_CFA_def_cfa, HUGE_REGISTER, 8));
}

static void expressions(void **state)
{
	struct row *row =
		ROW(Middle, DW_CFA_def_cfa_expression, 2, DW_OP_breg7, 24,
		    DW_CFA_expression, DwRbx, 2, DW_OP_plus_uconst, 16);

	(void)state;
	assert_non_null(row);
	assert_int_equal(row->cfa.kind, RULE_EXPRESSION);
	assert_int_equal(row->cfa.nops, 2);
	assert_int_equal(row->cfa.ops[1].number, 24);
	assert_int_equal(row->regs[DwRbx].kind, RULE_AT_EXPRESSION);
	assert_int_equal(row->regs[DwRbx].ops[0].atom, DW_OP_call_frame_cfa);
	assert_int_equal(row->regs[DwRbx].ops[1].number, 16);
	row_free(row);
}

/* An operation that is not for unwind tables, and one cut off. */
static void expressions_that_yield_nothing(void **state)
{
	struct row *row = ROW(Middle, DW_CFA_expression, DwRbx, 1,
			      DW_OP_push_object_address, DW_CFA_val_expression,
			      DwRbp, 2, DW_OP_const4u, 1);

	(void)state;
	assert_non_null(row);
	assert_int_equal(row->regs[DwRbx].nops, 0);
	assert_int_equal(row->regs[DwRbp].nops, 0);
	row_free(row);
}

static void instructions_that_cannot_be_followed(void **state)
{
	static const uint8_t states[20] = {
		[0 ... 19] = DW_CFA_remember_state,
	};

	(void)state;
	assert_null(ROW(Middle, 0x3f));			 /* there is none */
	assert_null(ROW(Middle, DW_CFA_restore_state));	 /* of nothing */
	assert_null(ROW(Middle, DW_CFA_offset | DwRbx)); /* cut off */
	assert_null(ROW(Middle, DW_CFA_def_cfa_expression, 100, 0));
	assert_null(ROW(Middle, DW_CFA_def_cfa_expression, 1, DW_OP_lit1,
			DW_CFA_def_cfa_offset, 8));
	assert_null(row_at(Middle, states, sizeof(states)));
}

/* No more memory than for a few hundred operations, however many bytes. */
static void expressions_that_are_too_long(void **state)
{
	uint8_t code[600];
	struct reader whole = { code, code + sizeof(code), false };
	Dwarf_Op *ops;

	(void)state;
	memset(code, DW_OP_nop, sizeof(code));
	assert_int_equal(expression_parse(whole, &ops), 0);
	whole.end = whole.at + 100;
	assert_int_equal(expression_parse(whole, &ops), 101);
	free(ops);
}

/* A number that does not end, and an encoding behind what we do not know. */
static void common_parts_that_are_refused(void **state)
{
	static const uint8_t nop = DW_CFA_nop, letters[] = { 'z', 'X', 'R' };
	struct bytes good = { .n = 0 };

	(void)state;
	put_common(&good);
	put_entry(&good, &nop, 1);
	for (int i = 0; i < 2; i++) {
		struct bytes bad = good;
		struct table t;

		if (i == 0)
			memcpy(bad.at + 9, letters, sizeof(letters));
		else
			memset(bad.at + 12, 0x80, good.n - 12);
		t = table_from(&bad);
		assert_int_equal(t.entries.n, 0);
		table_close(&t);
	}
}

/* What lies behind the place is not asked for. */
static void what_comes_later_does_not_matter(void **state)
{
	struct row *row = ROW(First, DW_CFA_advance_loc | 1, 0x3f);

	(void)state;
	assert_non_null(row);
	row_free(row);
}

/* Every byte but the addresses set to 0xff: no entry, or one like before. */
static void damage_is_left_out(void **state)
{
	static const uint8_t nop = DW_CFA_nop;
	struct bytes good = { .n = 0 };

	(void)state;
	put_common(&good);
	put_entry(&good, &nop, 1);
	for (size_t i = 0; i < good.n; i++) {
		struct bytes bad = good;
		struct table t;

		bad.at[i] = 0xff;
		t = table_from(&bad);
		row_free(row_find(&t, Middle));
		table_close(&t);
	}
	for (size_t n = 0; n < good.n; n++) {
		struct bytes cut = good;
		struct table t;

		cut.n = n;
		t = table_from(&cut);
		assert_null(row_find(&t, Middle));
		table_close(&t);
	}
}

/* Between two entries the zeros of padding. */
static void zeros_between_entries(void **state)
{
	static const uint8_t nop = DW_CFA_nop;
	struct bytes b = { .n = 0 };
	struct table t;
	struct row *row;

	(void)state;
	put_common(&b);
	put_number(&b, 0, 8);
	put_entry(&b, &nop, 1);
	t = table_from(&b);
	row = row_find(&t, Middle);
	assert_non_null(row);
	row_free(row);
	table_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_has_its_entry),
		cmocka_unit_test(instructions_count_from_their_place_on),
		cmocka_unit_test(restored_is_as_the_common_part_left_it),
		cmocka_unit_test(registers_that_there_are_not),
		cmocka_unit_test(expressions),
		cmocka_unit_test(expressions_that_yield_nothing),
		cmocka_unit_test(instructions_that_cannot_be_followed),
		cmocka_unit_test(expressions_that_are_too_long),
		cmocka_unit_test(common_parts_that_are_refused),
		cmocka_unit_test(what_comes_later_does_not_matter),
		cmocka_unit_test(damage_is_left_out),
		cmocka_unit_test(zeros_between_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
