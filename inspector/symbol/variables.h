/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * variables.h - arguments and local variables of a frame, by DWARF.
 *
 *	variables.c	which there are, and where they are kept
 *	location.c	their bytes, from registers and memory
 *	entry.c		what registers held before, told by the caller
 *	dimensions.c	sizes, and how many elements arrays have
 *	values.c	bytes of a type as text
 */
#ifndef SYMBOL_VARIABLES_H
#define SYMBOL_VARIABLES_H

#include "symbol/symbol.h"
#include "unwind/eval.h"

/* The frames of a stack, the innermost first, and their registers. */
struct stack_frames {
	const struct frame *frames;
	const struct regs *regs;
	size_t n;
	read_memory *read;
	void *arg; /* for READ */
};

/* Blocks in blocks: more come from damage. */
enum { BlocksMost = 64 };

/* What the callers of a frame are known to have passed, by how many callers
 * were asked to come there, and by register: each asks its own caller, maybe
 * for several. Zeroed is empty. */
enum { CallersMost = 32, EnteredRegs = 32 };
struct entered {
	uint64_t value[CallersMost][EnteredRegs];
	uint32_t asked[CallersMost]; /* bit N: register N was asked for */
	uint32_t known[CallersMost]; /* and has a value */
};

/* What the values of a frame are found from. */
struct variable_frame {
	struct symbols *symbols;
	const struct stack_frames *stack;
	struct entered *entered;  /* of all frames that are asked by one */
	size_t nth;		  /* of the stack's */
	unsigned depth;		  /* so many callers were asked to come here */
	struct frame_state state; /* a CFA of 0 is not known */
	addr_t at;		  /* an address in the instruction it is at */
	struct debug_code code;	  /* there; the symbols' own */
	Dwarf_Die function;	  /* not inlined: the frame is its */
};

/* Bytes of a variable, as many as are wanted at the most. */
enum { ValueMost = 1024 };
struct value {
	uint8_t bytes[ValueMost];
	size_t n;	/* so many are known */
	const char *no; /* why none is: "<optimized out>"; NULL */
};

/* Which are wanted, and as what. */
struct variables_wanted {
	bool arguments;
	bool locals;
	bool bytes; /* in place of text */
};

/* Add to the snapshot's variables those of function number NTH, innermost 0, of
 * the place where frame number FRAME is; LINE is theirs. Arguments come first.
 */
void symbols_variables(struct symbols *s, const struct stack_frames *stack,
		       size_t frame, uint32_t nth, uint32_t line,
		       const struct variables_wanted *wanted);

/* Fill in F, whose symbols and stack are there, for frame number NTH. False:
 * there is no debug information of its function. */
bool variable_frame_find(struct variable_frame *f, size_t nth);

/* The value of DIE, of SIZE bytes. location.c */
void variable_value(Dwarf_Die *die, const struct variable_frame *f, size_t size,
		    struct value *ret);

/* Whether a constant's form has a sign; of fixed size it has none. location.c
 */
bool form_is_signed(Dwarf_Attribute *a);

/* Whether OP says that it is in a register. location.c */
bool is_register(const Dwarf_Op *op, unsigned *ret);

/* What the N operations of attribute A come to in frame F. location.c */
bool expression_value(Dwarf_Attribute *a, const Dwarf_Op *ops, size_t n,
		      const struct variable_frame *f, uint64_t *ret);

/* What register REG held when F's function was entered. entry.c */
bool entry_value(const struct variable_frame *f, unsigned reg, uint64_t *ret);

/* What argument DIE was when F's function was entered, if it was passed in one
 * register. entry.c */
bool argument_entered(Dwarf_Die *die, const struct variable_frame *f,
		      uint64_t *ret);

/* The type of DIE, without names for it, const and the like. False: void.
 * dimensions.c */
bool variable_type(Dwarf_Die *die, Dwarf_Die *ret);

/* How many bytes a type has; 0: unknown. dimensions.c */
uint64_t type_size(Dwarf_Die *type);

/* The same of DIE's, whose length may be one that was computed in frame F.
 * dimensions.c */
uint64_t variable_size(Dwarf_Die *die, const struct variable_frame *f);

/* How many elements an array of arrays of ... has in each of its dimensions, 0
 * where that is not known; return how many of these there are. dimensions.c */
enum { DimensionsMost = 8 };
size_t array_dimensions(Dwarf_Die *type, const struct variable_frame *f,
			uint64_t counts[DimensionsMost]);

/* VALUE of DIE's type as text, which can be shown. F reads what strings point
 * to. The caller frees it. values.c */
char *variable_text(Dwarf_Die *die, const struct value *value,
		    const struct variable_frame *f);

#endif
