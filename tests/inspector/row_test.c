/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of unwind tables: from this program's own .eh_frame, for a function
 * whose table is written by hand, and applied.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "test.h"
#include "unwind/row.h"

/*
 * At rows_start: CFA = rsp + 8, as a function is entered. At rows_seam: as a
 * grown function's return address is: CFA = rbp + 24, rbp at CFA - 24, rip at
 * CFA - 8. At rows_deref: CFA = *(rbp + 8), rbx at CFA + 16. At rows_end: no
 * caller. At rows_copy: rip is in rcx.
 */
__asm__(".text\n"
	"	.globl rows_start, rows_seam, rows_deref, rows_copy, rows_end\n"
	"rows_start:\n"
	"	.cfi_startproc\n"
	"	nop\n"
	"rows_seam:\n"
	"	.cfi_def_cfa %rbp, 24\n"
	"	.cfi_offset %rbp, -24\n"
	"	.cfi_offset %rip, -8\n"
	"	nop\n"
	"rows_deref:\n"
	"	.cfi_escape 0x0f, 3, 0x76, 8, 0x06\n"
	"	.cfi_offset %rbx, 16\n"
	"	nop\n"
	"rows_copy:\n"
	"	.cfi_def_cfa %rsp, 0\n"
	"	.cfi_register %rip, %rcx\n"
	"	nop\n"
	"rows_end:\n"
	"	.cfi_undefined %rip\n"
	"	nop\n"
	"	.cfi_endproc\n"
	"rows_past:\n"
	"	nop\n");

extern const char rows_start[], rows_seam[], rows_deref[], rows_copy[],
	rows_end[];
extern const char __executable_start[];

struct tables {
	int fd;
	Elf *elf;
	struct table table;
};

static int open_tables(void **state)
{
	static struct tables t;

	elf_version(EV_CURRENT);
	t.fd = open("/proc/self/exe", O_RDONLY);
	t.elf = elf_begin(t.fd, ELF_C_READ, NULL);
	t.table = table_open(t.elf, TABLE_EH);
	*state = &t;
	return t.table.entries.n ? 0 : -1;
}

static int close_tables(void **state)
{
	struct tables *t = *state;

	table_close(&t->table);
	elf_end(t->elf);
	close(t->fd);
	return 0;
}

/* Where this program's file says that it is loaded; 0 if it is a PIE. */
static Dwarf_Addr base(Elf *elf)
{
	GElf_Ehdr header;

	gelf_getehdr(elf, &header);
	return header.e_type == ET_EXEC ? (uintptr_t)__executable_start : 0;
}

static struct row *row_of(void **state, const char *label)
{
	struct tables *t = *state;
	Dwarf_Addr at = label - __executable_start + base(t->elf);
	struct row *row = row_find(&t->table, at);

	assert_non_null(row);
	return row;
}

/* Memory is 32 words at 0x1000, word I being 0x5000 + I. */
static bool read_words(void *arg, addr_t at, void *buf, size_t size)
{
	uint64_t word = 0x5000 + (at.v - 0x1000) / 8;

	(void)arg;
	if (at.v < 0x1000 || at.v >= 0x1100 || size != sizeof(word))
		return false;
	memcpy(buf, &word, sizeof(word));
	return true;
}

/* rsp 0x1010, rbp 0x1040, rbx 3, rcx 0x77; where the return address is to be
 * read, in *AT, if it cannot be. */
static const char *apply(const struct row *row, uint64_t rbp, struct regs *ret,
			 addr_t *at)
{
	struct regs regs = { .known = 0 };
	struct frame_state f = { &regs, 0, read_words, NULL };

	regs_set(&regs, DwRsp, 0x1010);
	regs_set(&regs, DwRbp, rbp);
	regs_set(&regs, DwRbx, 3);
	regs_set(&regs, 2, 0x77);
	return row_apply(row, &f, ret, at);
}

static void entry_of_a_function(void **state)
{
	struct row *row = row_of(state, rows_start);
	struct regs r;
	addr_t at;

	assert_null(apply(row, 0x1040, &r, &at));
	assert_int_equal(r.value[DwRip], 0x5002);
	assert_int_equal(r.value[DwRsp], 0x1018);
	assert_int_equal(r.value[DwRbp], 0x1040);
	assert_int_equal(r.value[DwRbx], 3);
	assert_false(row->signal);
	row_free(row);
}

static void seam(void **state)
{
	struct row *row = row_of(state, rows_seam);
	struct regs r;
	addr_t at;

	assert_int_equal(row->cfa.kind, RULE_REGISTER);
	assert_null(apply(row, 0x1040, &r, &at));
	assert_int_equal(r.value[DwRsp], 0x1058);
	assert_int_equal(r.value[DwRip], 0x500a);
	assert_int_equal(r.value[DwRbp], 0x5008);
	row_free(row);
}

/* The CFA is 0x5009, read from memory; nothing can be read around it. */
static void expression_and_what_is_lost(void **state)
{
	struct row *row = row_of(state, rows_deref);
	struct regs r;
	addr_t at;

	assert_int_equal(row->cfa.kind, RULE_EXPRESSION);
	assert_non_null(apply(row, 0x1040, &r, &at));
	assert_int_equal(at.v, 0x5009 - 8);
	assert_non_null(apply(row, 0x9000, &r, &at));
	assert_int_equal(at.v, 0);
	row_free(row);
}

static void return_address_in_a_register(void **state)
{
	struct row *row = row_of(state, rows_copy);
	struct regs r;
	addr_t at;

	assert_null(apply(row, 0x1040, &r, &at));
	assert_int_equal(r.value[DwRip], 0x77);
	assert_int_equal(r.value[DwRsp], 0x1010);
	assert_int_equal(r.value[DwRbx], 0x5004);
	assert_false(regs_know(&r, 2));
	row_free(row);
}

/* In memory at the CFA: the return address first, then the others. */
static void plain_rows(void **state)
{
	struct row *row = row_of(state, rows_seam);
	const struct plain_row *p = &row->plain;

	assert_int_equal(p->cfa_reg, DwRbp);
	assert_int_equal(p->cfa_offset, 24);
	assert_int_equal(p->n, 2);
	assert_int_equal(p->saved[0].reg, DwRip);
	assert_int_equal(p->saved[0].offset, -8);
	assert_int_equal(p->saved[1].reg, DwRbp);
	assert_int_equal(p->saved[1].offset, -24);
	assert_true(p->same & 1 << DwRbx);
	assert_false(p->same & (1 << DwRbp | 1 << DwRsp | 1 << DwRip));
	row_free(row);
}

static void rows_that_are_not_plain(void **state)
{
	const char *const at[] = { rows_deref, rows_copy, rows_end };

	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		struct row *row = row_of(state, at[i]);

		assert_int_equal(row->plain.n, 0);
		row_free(row);
	}
}

static void nobody_called(void **state)
{
	struct row *row = row_of(state, rows_end);
	struct regs r;
	addr_t at;

	assert_null(apply(row, 0x1040, &r, &at));
	assert_false(regs_know(&r, DwRip));
	row_free(row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry_of_a_function),
		cmocka_unit_test(seam),
		cmocka_unit_test(expression_and_what_is_lost),
		cmocka_unit_test(return_address_in_a_register),
		cmocka_unit_test(nobody_called),
		cmocka_unit_test(plain_rows),
		cmocka_unit_test(rows_that_are_not_plain),
	};

	return cmocka_run_group_tests(tests, open_tables, close_tables);
}
