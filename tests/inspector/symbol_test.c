/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses in this program's own file, which no process has mapped. */
#include <elfutils/libdwfl.h>
#include <string.h>

#include "symbol/symbol.h"
#include "test.h"
#include "util/scope.h"

static volatile int counted[4];

static inline __attribute__((always_inline)) void into(int n)
{
	counted[n]++;
}
enum { IntoLine = __LINE__ - 2 };

static __attribute__((noinline)) void around(int n)
{
	into(n);
}
enum { AroundLine = __LINE__ - 3, CallLine = __LINE__ - 2 };

/* Code that is there but has neither debug information nor a symbol. */
static const addr_t Nowhere = { 16 };

static char *no_debug_path;
static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &no_debug_path,
};

struct fixture {
	struct program program;
	struct layout layout;
	struct symbols symbols;
};

static int open_own(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->program.dwfl = dwfl_begin(&callbacks);
	f->program.exe = dwfl_report_offline(f->program.dwfl, "own",
					     "/proc/self/exe", -1);
	dwfl_report_end(f->program.dwfl, NULL, NULL);
	f->symbols = (struct symbols){
		.program = &f->program,
		.layout = &f->layout,
		.snapshot = snapshot_new(),
	};
	*state = f;
	return f->program.exe ? 0 : -1;
}

static int close_own(void **state)
{
	struct fixture *f = *state;

	symbols_scope(&f->symbols);
	snapshot_free(f->symbols.snapshot);
	dwfl_end(f->program.dwfl);
	free(f);
	return 0;
}

static addr_t symbol_at(struct fixture *f, const char *name, addr_t *end)
{
	addr_t low;

	assert_true(program_symbol(&f->program, name, &low, end));
	return low;
}

static const struct location *location_of(struct fixture *f, addr_t at,
					  uint32_t *n)
{
	const struct snapshot *s = f->symbols.snapshot;
	uint32_t place = symbols_place(&f->symbols, at);

	*n = s->places.items[place].n;
	return &s->locations.items[s->places.items[place].first];
}

static void tells_function_and_line(void **state)
{
	uint32_t n;
	addr_t end;
	addr_t low = symbol_at(*state, "around", &end);
	const struct location *l = location_of(*state, low, &n);

	around(1);
	assert_int_equal(n, 1);
	assert_string_equal(l->function, "around");
	assert_string_equal(l->file, "symbol_test.c");
	assert_int_equal(l->line, AroundLine);
	assert_false(l->inlined);
}

/* Innermost first; the outer one is at the line of the call. */
static void tells_who_was_inlined(void **state)
{
	addr_t end;
	addr_t at = symbol_at(*state, "around", &end);
	const struct location *l;
	uint32_t n;

	do {
		l = location_of(*state, at, &n);
		at = addr_plus(at, 1);
	} while (n == 1 && at.v < end.v);
	assert_int_equal(n, 2);
	assert_string_equal(l[0].function, "into");
	assert_int_equal(l[0].line, IntoLine);
	assert_true(l[0].inlined);
	assert_string_equal(l[1].function, "around");
	assert_int_equal(l[1].line, CallLine);
	assert_false(l[1].inlined);
}

static void names_each_address_once(void **state)
{
	struct fixture *f = *state;
	addr_t end;
	addr_t low = symbol_at(f, "around", &end);
	uint32_t place = symbols_place(&f->symbols, low);
	size_t places = f->symbols.snapshot->places.n;

	assert_int_equal(symbols_place(&f->symbols, low), place);
	assert_int_equal(f->symbols.snapshot->places.n, places);
}

/* A call at the end of a function returns to the next one's first byte. */
static void a_caller_is_where_the_call_is(void **state)
{
	struct fixture *f = *state;
	addr_t end;
	addr_t low = symbol_at(f, "around", &end);
	struct place inside =
		f->symbols.snapshot->places
			.items[symbols_place(&f->symbols, addr_minus(end, 1))];

	assert_int_equal(symbols_caller(&f->symbols, end), inside.first);
	assert_int_not_equal(symbols_caller(&f->symbols, low), inside.first);
	assert_int_equal(symbols_caller(&f->symbols, (addr_t){ 0 }), NONE);
}

static void knows_nothing_of_other_addresses(void **state)
{
	uint32_t n;
	const struct location *l = location_of(*state, Nowhere, &n);

	assert_int_equal(n, 1);
	assert_string_equal(l->function, "??");
	assert_null(l->file);
}

static void names_variables(void **state)
{
	struct fixture *f = *state;
	addr_t end;
	addr_t low = symbol_at(f, "counted", &end);

	assert_string_equal(symbols_variable(&f->symbols, low), "counted");
	assert_string_equal(symbols_variable(&f->symbols, addr_plus(low, 8)),
			    "counted+8");
	assert_null(
		symbols_variable(&f->symbols, symbol_at(f, "around", &end)));
	assert_null(symbols_variable(&f->symbols, Nowhere));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_function_and_line),
		cmocka_unit_test(tells_who_was_inlined),
		cmocka_unit_test(names_each_address_once),
		cmocka_unit_test(a_caller_is_where_the_call_is),
		cmocka_unit_test(knows_nothing_of_other_addresses),
		cmocka_unit_test(names_variables),
	};

	return cmocka_run_group_tests(tests, open_own, close_own);
}
