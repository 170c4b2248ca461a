/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "symbol/variables.h"
#include "util/clean.h"
#include "util/scope.h"

/* What is longer, or deeper, ends in "...". */
enum { DepthMost = 4, ElementsMost = 16, MembersMost = 32, StringMost = 80 };

struct printer {
	FILE *out;
	const struct variable_frame *frame;
};

static void print(const struct printer *p, Dwarf_Die *type,
		  const uint8_t *bytes, size_t n, unsigned depth);

static bool number_of(Dwarf_Die *die, unsigned attribute, Dwarf_Word *ret)
{
	Dwarf_Attribute a;

	return dwarf_formudata(dwarf_attr_integrate(die, attribute, &a), ret)
	       == 0;
}

static uint64_t unsigned_of(const uint8_t *bytes, size_t n)
{
	uint64_t value = 0;

	memcpy(&value, bytes, n < sizeof(value) ? n : sizeof(value));
	return value;
}

static int64_t signed_of(const uint8_t *bytes, size_t n)
{
	unsigned spare = n < 8 ? 64 - 8 * n : 0;

	return (int64_t)(unsigned_of(bytes, n) << spare) >> spare;
}

static Dwarf_Word encoding_of(Dwarf_Die *type)
{
	Dwarf_Word encoding = 0;

	number_of(type, DW_AT_encoding, &encoding);
	return encoding;
}

/* Whether the number has a sign; that of an enum is what it is kept in. */
static bool is_signed(Dwarf_Die *type)
{
	Dwarf_Word encoding;
	Dwarf_Die kept;

	if (dwarf_tag(type) == DW_TAG_enumeration_type
	    && variable_type(type, &kept))
		type = &kept;
	encoding = encoding_of(type);
	return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char;
}

static bool is_char(Dwarf_Die *type)
{
	Dwarf_Word encoding = encoding_of(type);

	return dwarf_tag(type) == DW_TAG_base_type && type_size(type) == 1
	       && (encoding == DW_ATE_signed_char
		   || encoding == DW_ATE_unsigned_char);
}

/* TEXT of N bytes, or up to its first 0, in quotes. OPEN: without one there may
 * be more of it. */
static void print_string(const struct printer *p, const char *text, size_t n,
			 bool open)
{
	size_t length = strnlen(text, n);
	bool cut = length > StringMost || (open && length == n);
	SCOPE(memory)
	char *clean =
		clean_text(text, length < StringMost ? length : StringMost);

	putc('"', p->out);
	for (const char *c = length ? clean : ""; *c; c++) {
		if (*c == '"')
			putc('\\', p->out);
		putc(*c, p->out);
	}
	fputs(cut ? "\"..." : "\"", p->out);
}

static void print_float(const struct printer *p, const uint8_t *bytes, size_t n)
{
	long double wide;
	double d;
	float f;

	if (n == sizeof(f)) {
		memcpy(&f, bytes, n);
		fprintf(p->out, "%.9g", f);
	} else if (n == sizeof(d)) {
		memcpy(&d, bytes, n);
		fprintf(p->out, "%.17g", d);
	} else {
		memcpy(&wide, bytes, sizeof(wide));
		fprintf(p->out, "%.18Lg", wide);
	}
}

static void print_char(const struct printer *p, const uint8_t *bytes)
{
	if (*bytes >= ' ' && *bytes <= '~')
		fprintf(p->out, " '%c'", *bytes);
}

static void print_base(const struct printer *p, Dwarf_Die *type,
		       const uint8_t *bytes, size_t n)
{
	switch (encoding_of(type)) {
	case DW_ATE_boolean:
		fputs(unsigned_of(bytes, n) ? "true" : "false", p->out);
		return;
	case DW_ATE_float:
		if (n == sizeof(float) || n == sizeof(double)
		    || n == sizeof(long double)) {
			print_float(p, bytes, n);
			return;
		}
		break;
	case DW_ATE_signed:
	case DW_ATE_signed_char:
		if (n > sizeof(int64_t))
			break;
		fprintf(p->out, "%" PRId64, signed_of(bytes, n));
		if (is_char(type))
			print_char(p, bytes);
		return;
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
	case DW_ATE_UTF:
		if (n > sizeof(int64_t))
			break;
		fprintf(p->out, "%" PRIu64, unsigned_of(bytes, n));
		if (is_char(type))
			print_char(p, bytes);
		return;
	default:
		break;
	}
	fputs("0x", p->out);
	while (n)
		fprintf(p->out, "%02x", bytes[--n]);
}

/* And, of a pointer to text, the text, if it is there. */
static void print_pointer(const struct printer *p, Dwarf_Die *type,
			  const uint8_t *bytes, size_t n)
{
	const struct frame_state *f = &p->frame->state;
	uint64_t at = unsigned_of(bytes, n);
	char text[StringMost + 2];
	size_t length = sizeof(text), page = PageBytes - at % PageBytes;
	Dwarf_Die to;

	fprintf(p->out, "0x%" PRIx64, at);
	if (!at || !variable_type(type, &to) || !is_char(&to))
		return;
	/* Memory may end with the page. */
	if (!f->read(f->arg, addr(at), text, length)) {
		length = page < length ? page : length;
		if (!f->read(f->arg, addr(at), text, length))
			return;
	}
	putc(' ', p->out);
	print_string(p, text, length, true);
}

/* Whether DIE, a name of a number, is of that in BYTES. A form says whether it
 * has a sign: that of fixed size is used for what has none. */
static bool is_named(Dwarf_Die *die, const uint8_t *bytes, size_t n)
{
	Dwarf_Attribute a, *number = dwarf_attr(die, DW_AT_const_value, &a);
	Dwarf_Sword value;
	Dwarf_Word natural;

	if (dwarf_tag(die) != DW_TAG_enumerator || !dwarf_diename(die)
	    || !number)
		return false;
	if (form_is_signed(number))
		return dwarf_formsdata(number, &value) == 0
		       && value == signed_of(bytes, n);
	return dwarf_formudata(number, &natural) == 0
	       && natural == unsigned_of(bytes, n);
}

static void print_enum(const struct printer *p, Dwarf_Die *type,
		       const uint8_t *bytes, size_t n)
{
	Dwarf_Die die;

	if (dwarf_child(type, &die) == 0)
		do {
			if (!is_named(&die, bytes, n))
				continue;
			fputs(dwarf_diename(&die), p->out);
			return;
		} while (dwarf_siblingof(&die, &die) == 0);
	fprintf(p->out, "%" PRId64, signed_of(bytes, n));
}

/* Some bits of a number, from bit number FIRST on. */
static void print_bits(const struct printer *p, Dwarf_Die *type,
		       const uint8_t *bytes, size_t n, uint64_t first,
		       uint64_t width)
{
	uint64_t from = first / 8 < n ? first / 8 : n;
	uint64_t value = unsigned_of(bytes + from, n - from) >> first % 8;
	int64_t extended;

	if (!width || width > 64)
		return;
	if (first % 8 + width > 64 && n - from > 8)
		value |= (uint64_t)bytes[from + 8] << (64 - first % 8);
	extended = (int64_t)(value << (64 - width)) >> (64 - width);
	if (!is_signed(type) && width < 64)
		extended &= (INT64_C(1) << width) - 1;
	print(p, type, (const uint8_t *)&extended, sizeof(extended), DepthMost);
}

/* Where the bits of MEMBER begin. Before DWARF 4 they are counted from the
 * other end of the number that they are in. */
static bool bits_of(Dwarf_Die *member, Dwarf_Die *type, uint64_t at,
		    uint64_t width, uint64_t *ret)
{
	Dwarf_Word offset, size;

	if (number_of(member, DW_AT_data_bit_offset, ret))
		return true;
	if (!number_of(member, DW_AT_bit_offset, &offset))
		return false;
	if (!number_of(member, DW_AT_byte_size, &size))
		size = type_size(type);
	*ret = (at + size) * 8 - offset - width;
	return true;
}

/* Where a member lies in its struct, as an expression, as DWARF 2 has it. */
static Dwarf_Word offset_of(Dwarf_Die *member)
{
	Dwarf_Attribute a;
	Dwarf_Op *ops;
	size_t n;

	if (!dwarf_attr_integrate(member, DW_AT_data_member_location, &a)
	    || dwarf_getlocation(&a, &ops, &n) != 0 || n != 1
	    || ops->atom != DW_OP_plus_uconst)
		return 0;
	return ops->number;
}

static void print_member(const struct printer *p, Dwarf_Die *member,
			 const uint8_t *bytes, size_t n, unsigned depth)
{
	const char *name = dwarf_diename(member);
	Dwarf_Word at = 0, width;
	uint64_t bit;
	Dwarf_Die type;
	size_t size;

	if (name)
		fprintf(p->out, "%s = ", name);
	if (!number_of(member, DW_AT_data_member_location, &at))
		at = offset_of(member);
	if (!variable_type(member, &type)) {
		putc('?', p->out);
		return;
	}
	if (number_of(member, DW_AT_bit_size, &width)
	    && bits_of(member, &type, at, width, &bit)) {
		print_bits(p, &type, bytes, n, bit, width);
		return;
	}
	size = type_size(&type);
	if (at > n)
		at = n;
	print(p, &type, bytes + at, size < n - at ? size : n - at, depth + 1);
}

static void print_members(const struct printer *p, Dwarf_Die *type,
			  const uint8_t *bytes, size_t n, unsigned depth)
{
	unsigned members = 0;
	Dwarf_Die die;

	putc('{', p->out);
	if (dwarf_child(type, &die) == 0)
		do {
			if (dwarf_tag(&die) != DW_TAG_member)
				continue;
			if (members++)
				fputs(", ", p->out);
			if (members > MembersMost) {
				fputs("...", p->out);
				break;
			}
			print_member(p, &die, bytes, n, depth);
		} while (dwarf_siblingof(&die, &die) == 0);
	putc('}', p->out);
}

/* An array, of whose BYTES N are there. */
struct array {
	Dwarf_Die element;
	uint64_t counts[DimensionsMost];
	size_t dimensions;
	uint64_t size; /* of an element */
};

/* From dimension number NTH on. */
static void print_elements(const struct printer *p, struct array *a, size_t nth,
			   const uint8_t *bytes, size_t n, unsigned depth)
{
	uint64_t size = a->size;

	if (nth + 1 == a->dimensions && is_char(&a->element)) {
		print_string(p, (const char *)bytes,
			     n < a->counts[nth] ? n : a->counts[nth], false);
		return;
	}
	for (size_t i = nth + 1; i < a->dimensions; i++)
		if (__builtin_mul_overflow(size, a->counts[i], &size))
			size = UINT64_MAX;
	putc('{', p->out);
	for (uint64_t i = 0; i < a->counts[nth]; i++) {
		if (i)
			fputs(", ", p->out);
		if (i == ElementsMost || size > n || i > n / size - 1) {
			fputs("...", p->out);
			break;
		}
		if (nth + 1 < a->dimensions)
			print_elements(p, a, nth + 1, bytes + i * size, size,
				       depth);
		else
			print(p, &a->element, bytes + i * size, size,
			      depth + 1);
	}
	putc('}', p->out);
}

static void print_array(const struct printer *p, Dwarf_Die *type,
			const uint8_t *bytes, size_t n, unsigned depth)
{
	struct array a = { .dimensions =
				   array_dimensions(type, p->frame, a.counts) };

	if (!a.dimensions || !variable_type(type, &a.element)
	    || !(a.size = type_size(&a.element)))
		fputs("{...}", p->out);
	else
		print_elements(p, &a, 0, bytes, n, depth);
}

/* BYTES, N of them at the least as far as the type goes. */
static void print(const struct printer *p, Dwarf_Die *type,
		  const uint8_t *bytes, size_t n, unsigned depth)
{
	int tag = dwarf_tag(type);

	if (n == 0 || depth > DepthMost) {
		fputs("...", p->out);
		return;
	}
	switch (tag) {
	case DW_TAG_base_type:
		print_base(p, type, bytes, n);
		return;
	case DW_TAG_enumeration_type:
		print_enum(p, type, bytes, n);
		return;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
		print_members(p, type, bytes, n, depth);
		return;
	case DW_TAG_array_type:
		print_array(p, type, bytes, n, depth);
		return;
	default:
		print_pointer(p, type, bytes, n);
		return;
	}
}

char *variable_text(Dwarf_Die *die, const struct value *value,
		    const struct variable_frame *f)
{
	SCOPE(memory) char *raw = NULL;
	struct printer p = { .frame = f };
	Dwarf_Die type;
	size_t n;

	if (value->no)
		return clean_text(value->no, SIZE_MAX);
	p.out = open_memstream(&raw, &n);
	if (!p.out)
		out_of_memory();
	if (variable_type(die, &type))
		print(&p, &type, value->bytes, value->n, 0);
	else
		putc('?', p.out);
	if (fclose(p.out) != 0)
		out_of_memory();
	return clean_text(raw, n);
}
