/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places stay places, an offset in the struct or behind an address on the
 * stack, until their number is wanted.
 */
#include <dwarf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout/compiler.h"
#include "util/scope.h"

/* What is spoken of is not there. */
void miss(struct compiler *c, const char *format, ...)
{
	va_list ap;

	if (c->error || blind(c))
		return;
	va_start(ap, format);
	if (vasprintf(&c->absent, format, ap) < 0)
		out_of_memory();
	va_end(ap);
}

void emit(struct compiler *c, enum step_kind kind, uint64_t value,
	  uint64_t size)
{
	if (c->formula.n == StepsMost) {
		MISTAKE(c, c->p, "it is too long: %d steps are the most",
			StepsMost);
		return;
	}
	c->formula.steps[c->formula.n++] =
		(struct step){ .kind = kind, .size = size, .value = value };
}

/* The same of a step that puts a number on the stack. */
void push(struct compiler *c, enum step_kind kind, uint64_t value,
	  uint64_t size)
{
	emit(c, kind, value, size);
	if (c->stack == FormulaStack)
		MISTAKE(c, c->p, "it is too deep: it holds %d numbers at once",
			FormulaStack + 1);
	else
		c->stack++;
}

/* A step that makes one number of two. */
void combine(struct compiler *c, enum step_kind kind)
{
	emit(c, kind, 0, 0);
	c->stack -= c->stack > 0;
}

/* The number that is in a place; what is no number is a mistake. */
void take_number(struct compiler *c, struct operand *o, const char *at)
{
	Dwarf_Word size = 8;
	int tag;

	if (o->kind == NUMBER || c->error)
		return;
	if (o->typed && !blind(c)) {
		tag = dwarf_tag(&o->type);
		if (tag == DW_TAG_structure_type || tag == DW_TAG_array_type
		    || tag == DW_TAG_union_type || tag == DW_TAG_class_type
		    || dwarf_aggregate_size(&o->type, &size) != 0 || size == 0
		    || size > 8) {
			MISTAKE(c, at, "this is not a number");
			return;
		}
	}
	if (o->kind == IN_STRUCT && !blind(c)
	    && (o->offset > c->scene->size
		|| size > c->scene->size - o->offset)) {
		MISTAKE(c, at, "this is outside %s", c->scene->type);
		return;
	}
	if (o->kind == IN_STRUCT)
		push(c, STEP_MEMBER, o->offset, size);
	else
		emit(c, STEP_READ, o->offset, size);
	o->kind = NUMBER;
}

/* The address of a place is the number. */
void take_address(struct compiler *c, struct operand *o, const char *at)
{
	if (o->kind == NUMBER) {
		MISTAKE(c, at, "this has no address");
		return;
	}
	if (o->kind == IN_STRUCT)
		push(c, STEP_SELF, 0, 0);
	push(c, STEP_NUMBER, o->offset, 0);
	combine(c, STEP_ADD);
	o->kind = NUMBER;
}

static bool has_tag(const struct operand *o, int tag)
{
	Dwarf_Die type = o->type;

	return o->typed && dwarf_tag(&type) == tag;
}

/* O becomes its member of LENGTH bytes of NAME. */
void take_member(struct compiler *c, struct operand *o, const char *name,
		 size_t length)
{
	SCOPE(memory) char *text = strndup(name, length);
	Dwarf_Die member;
	uint64_t offset;

	if (!text)
		out_of_memory();
	if (blind(c) || c->error)
		return;
	if (!has_tag(o, DW_TAG_structure_type)
	    && !has_tag(o, DW_TAG_class_type)) {
		MISTAKE(c, name, "what has this member is no struct");
		return;
	}
	if (!types_direct(&o->type, text, &member, &offset)) {
		const char *of = dwarf_diename(&o->type);

		miss(c, "member %s.%s", of ? of : c->scene->type, text);
		return;
	}
	o->offset += offset;
	o->typed = types_of(&member, &o->type);
}

/* O, which is a pointer, becomes what it points to. */
void follow(struct compiler *c, struct operand *o, const char *at)
{
	bool pointer = has_tag(o, DW_TAG_pointer_type);

	if (!pointer && !blind(c) && !c->error)
		MISTAKE(c, at, "what stands before this is no pointer");
	take_number(c, o, at);
	o->kind = IN_MEMORY;
	o->offset = 0;
	if (pointer)
		o->typed = types_of(&o->type, &o->type);
}

/* How many elements an array has, of which size each. False: not known. */
static bool array_bounds(Dwarf_Die *type, uint64_t *n, uint64_t *size)
{
	Dwarf_Die element;
	Dwarf_Word whole, each;

	if (dwarf_aggregate_size(type, &whole) != 0 || !types_of(type, &element)
	    || dwarf_aggregate_size(&element, &each) != 0 || each == 0)
		return false;
	*n = whole / each;
	*size = each;
	return true;
}

/* The bytes of an element, and how many there are. */
static void find_elements(struct compiler *c, struct operand *o, const char *at,
			  uint64_t *n, uint64_t *size)
{
	Dwarf_Word each;

	*n = UINT64_MAX;
	*size = 1;
	if (blind(c) || c->error)
		return;
	if (has_tag(o, DW_TAG_array_type)) {
		if (!array_bounds(&o->type, n, size))
			MISTAKE(c, at, "the size of this array is not known");
		return;
	}
	if (!has_tag(o, DW_TAG_pointer_type)) {
		MISTAKE(c, at, "what stands before [ is no array");
		return;
	}
	follow(c, o, at);
	if (o->typed && dwarf_aggregate_size(&o->type, &each) == 0)
		*size = each;
	else if (!c->error)
		MISTAKE(c, at, "it is not known what this points to");
}

struct indexing index_begin(struct compiler *c, struct operand *o,
			    const char *at)
{
	struct indexing i = { .at = at };

	i.array = has_tag(o, DW_TAG_array_type);
	find_elements(c, o, at, &i.n, &i.size);
	i.own = o->kind == IN_STRUCT && !c->error;
	if (i.own)
		push(c, STEP_SELF, 0, 0);
	i.steps = c->formula.n;
	return i;
}

/* The index is a number that stands there: it is an offset. */
static void index_constant(struct compiler *c, struct operand *o,
			   const struct indexing *i)
{
	uint64_t nth = c->formula.steps[i->steps].value;

	if (nth >= i->n || nth > UINT32_MAX) {
		MISTAKE(c, i->at + 1, "the last is [%lu]",
			i->n == UINT64_MAX ? UINT32_MAX : i->n - 1);
		return;
	}
	c->formula.n -= 1 + i->own;
	c->stack -= 1 + i->own;
	o->offset += nth * i->size;
}

void index_end(struct compiler *c, struct operand *o, const struct indexing *i)
{
	if (c->error)
		return;
	if (i->array)
		o->typed = types_of(&o->type, &o->type);
	if (c->formula.n == i->steps + 1
	    && c->formula.steps[i->steps].kind == STEP_NUMBER)
		return index_constant(c, o, i);
	if (i->n != UINT64_MAX)
		emit(c, STEP_BELOW, i->n, 0);
	push(c, STEP_NUMBER, i->size, 0);
	combine(c, STEP_MULTIPLY);
	combine(c, STEP_ADD);
	o->kind = IN_MEMORY;
}

static const struct sought *variable(const struct scene *s, const char *name,
				     size_t n)
{
	for (size_t i = 0; i < s->nvariables; i++)
		if (strlen(s->variables[i].name) == n
		    && memcmp(s->variables[i].name, name, n) == 0
		    && s->variables[i].found)
			return &s->variables[i];
	return NULL;
}

struct operand take_variable(struct compiler *c, const char *name, size_t n)
{
	struct operand o = { .kind = IN_MEMORY };
	const struct sought *s = variable(c->scene, name, n);
	addr_t at = addr(0);

	if (s) {
		Dwarf_Die die = s->die;

		o.typed = types_of(&die, &o.type);
		if (!types_address(c->scene->program, &die, &at))
			miss(c, "the address of %.*s", (int)n, name);
	} else if (!blind(c)) {
		miss(c, "variable %.*s", (int)n, name);
	}
	push(c, STEP_NUMBER, at.v, 0);
	return o;
}
