/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "render/render.h"

/* In the order that gdb has them, by their numbers in DWARF. */
static const struct {
	const char *name;
	uint8_t number;
} registers[RegisterNumber] = {
	{ "rax", 0 },  { "rbx", 3 },  { "rcx", 2 },  { "rdx", 1 },
	{ "rsi", 4 },  { "rdi", 5 },  { "rbp", 6 },  { "rsp", 7 },
	{ "r8", 8 },   { "r9", 9 },   { "r10", 10 }, { "r11", 11 },
	{ "r12", 12 }, { "r13", 13 }, { "r14", 14 }, { "r15", 15 },
	{ "rip", 16 },
};

const char *render_register(const struct registers *r, unsigned nth,
			    uint64_t *ret)
{
	*ret = r->value[registers[nth].number];
	return r->known >> registers[nth].number & 1 ? registers[nth].name
						     : NULL;
}

/* Three in a line. */
void render_registers(FILE *out, const struct snapshot *s, uint32_t number)
{
	unsigned shown = 0;
	uint64_t value;

	if (number == NONE)
		return;
	for (unsigned i = 0; i < RegisterNumber; i++) {
		const char *name =
			render_register(&s->registers.items[number], i, &value);

		if (!name)
			continue;
		fprintf(out, "%s%-3s 0x%016" PRIx64, shown % 3 ? "  " : "    ",
			name, value);
		if (++shown % 3 == 0)
			fputc('\n', out);
	}
	if (shown % 3)
		fputc('\n', out);
}

/* Those from *NEXT on that are of LINE; *NEXT goes behind them. */
void render_variables(FILE *out, const struct snapshot *s,
		      const struct detail *d, uint32_t line, uint32_t *next)
{
	for (; *next < d->variables.n; ++*next) {
		const struct variable *v =
			&s->variables.items[d->variables.first + *next];

		if (v->line != line)
			return;
		fprintf(out, "        %s = %s\n", v->name, v->value);
	}
}
