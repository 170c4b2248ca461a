/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <stdio.h>
#include <string.h>

#include "symbol/variables.h"
#include "util/scope.h"

/* Variables of a function: more come from damage. */
enum { VariablesMost = 200 };

/* Of a value: no number has more. */
enum { BytesTold = 16 };

struct search {
	struct symbols *symbols;
	const struct variable_frame *frame;
	uint32_t line;
	bool bytes; /* are wanted in place of text */
	int tag;    /* what is looked for */
	unsigned n;
};

/* The first of N bytes as they lie in memory. */
static const char *in_hexadecimal(struct strings *strings, const void *bytes,
				  size_t n)
{
	char text[2 * BytesTold + 1] = "";

	for (size_t i = 0; i < n && i < BytesTold; i++)
		snprintf(&text[2 * i], 3, "%02x", ((const uint8_t *)bytes)[i]);
	return strings_add(strings, text);
}

static void tell_bytes(const struct search *s, Dwarf_Die *die, size_t size,
		       const struct value *value, struct variable *ret)
{
	struct strings *strings = &s->symbols->snapshot->strings;
	uint64_t entered;

	ret->value = value->no;
	if (!value->no)
		ret->bytes = in_hexadecimal(strings, value->bytes, value->n);
	if (ret->argument && size <= sizeof(entered)
	    && argument_entered(die, s->frame, &entered))
		ret->entered = in_hexadecimal(strings, &entered, size);
}

static void tell_text(const struct search *s, Dwarf_Die *die,
		      const struct value *value, struct variable *ret)
{
	SCOPE(memory) char *text = variable_text(die, value, s->frame);

	ret->value = strings_add(&s->symbols->snapshot->strings, text);
}

static void add(struct search *s, Dwarf_Die *die)
{
	struct strings *strings = &s->symbols->snapshot->strings;
	const char *name = dwarf_diename(die);
	struct variable told = {
		.line = s->line,
		.argument = s->tag == DW_TAG_formal_parameter,
	};
	struct value value;
	uint64_t size;

	if (!name || dwarf_hasattr(die, DW_AT_declaration)
	    || s->n++ >= VariablesMost)
		return;
	told.name = strings_add_foreign(strings, name, strlen(name));
	size = variable_size(die, s->frame);
	variable_value(die, s->frame, size, &value);
	if (s->bytes)
		tell_bytes(s, die, size, &value, &told);
	else
		tell_text(s, die, &value, &told);
	*ARRAY_PUSH(&s->symbols->snapshot->variables) = told;
}

/* Those of PARENT, and of the blocks in it that the frame is in. */
static void search(struct search *s, Dwarf_Die *parent, unsigned depth)
{
	Dwarf_Addr at = s->frame->at.v - s->frame->code.bias;
	Dwarf_Die die;

	if (depth == BlocksMost || dwarf_child(parent, &die) != 0)
		return;
	do {
		if (dwarf_tag(&die) == s->tag)
			add(s, &die);
		else if (dwarf_tag(&die) == DW_TAG_lexical_block
			 && dwarf_haspc(&die, at) == 1)
			search(s, &die, depth + 1);
	} while (dwarf_siblingof(&die, &die) == 0);
}

/* All of one kind, and how many are not told. */
static void search_function(struct search *s, int tag, Dwarf_Die *function)
{
	struct snapshot *to = s->symbols->snapshot;

	s->tag = tag;
	s->n = 0;
	search(s, function, 0);
	if (s->n > VariablesMost)
		*ARRAY_PUSH(&to->variables) = (struct variable){
			.line = s->line,
			.argument = tag == DW_TAG_formal_parameter,
			.name = "...",
			.value = strings_format(&to->strings, "%u more",
						s->n - VariablesMost),
		};
}

/* Where the caller stands: the CFA of all frames but those that switch stacks.
 */
static uint64_t cfa_of(const struct stack_frames *stack, size_t nth)
{
	const struct regs *caller = &stack->regs[nth + 1];

	return nth + 1 < stack->n && regs_know(caller, DwRsp)
		       ? caller->value[DwRsp]
		       : 0;
}

static struct debug_code find_code(struct symbols *s, addr_t at)
{
	Dwfl_Module *m = dwfl_addrmodule(s->program->dwfl, at.v);
	struct debug_code code = { 0 };

	if (m && units_find(&s->units, m, at.v, &code.unit, &code.bias))
		functions_around(&code.unit, at.v - code.bias, &code.functions);
	return code;
}

/* The same, each once. */
static struct debug_code code_at(struct symbols *s, addr_t at)
{
	const uint32_t *known = map_get(&s->codes, at.v);

	if (known)
		return s->code.items[*known];
	map_put(&s->codes, at.v, s->code.n);
	return *ARRAY_PUSH(&s->code) = find_code(s, at);
}

bool variable_frame_find(struct variable_frame *f, size_t nth)
{
	const struct stack_frames *stack = f->stack;
	const struct frame *frame = &stack->frames[nth];

	f->nth = nth;
	f->state = (struct frame_state){ &stack->regs[nth], cfa_of(stack, nth),
					 stack->read, stack->arg };
	f->at = frame->kind == FRAME_CALL ? addr_minus(frame->pc, 1)
					  : frame->pc;
	f->code = code_at(f->symbols, f->at);
	if (f->code.functions.n)
		f->function = f->code.functions.items[f->code.functions.n - 1];
	return f->code.functions.n;
}

void symbols_variables(struct symbols *s, const struct stack_frames *stack,
		       size_t frame, uint32_t nth, uint32_t line,
		       const struct variables_wanted *wanted)
{
	struct entered entered = { 0 };
	struct variable_frame f = { .symbols = s,
				    .stack = stack,
				    .entered = &entered };
	struct search search = {
		.symbols = s,
		.frame = &f,
		.line = line,
		.bytes = wanted->bytes,
	};

	if (!variable_frame_find(&f, frame) || nth >= f.code.functions.n)
		return;
	if (wanted->arguments)
		search_function(&search, DW_TAG_formal_parameter,
				&f.code.functions.items[nth]);
	if (wanted->locals)
		search_function(&search, DW_TAG_variable,
				&f.code.functions.items[nth]);
}
