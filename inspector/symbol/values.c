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

/* Without names for it, const and the like. False: void. */
static bool type_of(Dwarf_Die *die, Dwarf_Die *ret)
{
	Dwarf_Attribute a;

	return dwarf_attr_integrate(die, DW_AT_type, &a)
	       && dwarf_formref_die(&a, ret) && dwarf_peel_type(ret, ret) == 0;
}

static size_t size_of(Dwarf_Die *type)
{
	Dwarf_Word size;

	return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

size_t variable_size(Dwarf_Die *die)
{
	Dwarf_Die type;

	return type_of(die, &type) ? size_of(&type) : 0;
}

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

static bool is_char(Dwarf_Die *type)
{
	Dwarf_Word encoding = encoding_of(type);

	return dwarf_tag(type) == DW_TAG_base_type && size_of(type) == 1
	       && (encoding == DW_ATE_signed_char
		   || encoding == DW_ATE_unsigned_char);
}

/* TEXT of N bytes, or up to its first 0, in quotes. */
static void print_string(const struct printer *p, const char *text, size_t n)
{
	size_t length = strnlen(text, n);
	bool cut = length > StringMost;
	SCOPE(memory)
	char *clean = clean_text(text, cut ? StringMost : length);

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
	size_t length = sizeof(text);
	Dwarf_Die to;

	fprintf(p->out, "0x%" PRIx64, at);
	if (!at || !type_of(type, &to) || !is_char(&to))
		return;
	while (length && !f->read(f->arg, addr(at), text, length))
		length /= 2;
	if (!length)
		return;
	putc(' ', p->out);
	print_string(p, text, length);
}

/* Whether DIE, a name of a number, is of that in BYTES. Compilers write it with
 * and without a sign. */
static bool is_named(Dwarf_Die *die, const uint8_t *bytes, size_t n)
{
	Dwarf_Attribute a, *number = dwarf_attr(die, DW_AT_const_value, &a);
	Dwarf_Sword value;
	Dwarf_Word natural;

	if (dwarf_tag(die) != DW_TAG_enumerator || !dwarf_diename(die))
		return false;
	return (dwarf_formsdata(number, &value) == 0
		&& value == signed_of(bytes, n))
	       || (dwarf_formudata(number, &natural) == 0
		   && natural == unsigned_of(bytes, n));
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
	extended = (int64_t)(value << (64 - width)) >> (64 - width);
	if (encoding_of(type) != DW_ATE_signed && width < 64)
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
		size = size_of(type);
	*ret = (at + size) * 8 - offset - width;
	return true;
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
	number_of(member, DW_AT_data_member_location, &at);
	if (!type_of(member, &type)) {
		putc('?', p->out);
		return;
	}
	if (number_of(member, DW_AT_bit_size, &width)
	    && bits_of(member, &type, at, width, &bit)) {
		print_bits(p, &type, bytes, n, bit, width);
		return;
	}
	size = size_of(&type);
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

static void print_array(const struct printer *p, Dwarf_Die *type,
			const uint8_t *bytes, size_t n, unsigned depth)
{
	size_t all = size_of(type), size;
	Dwarf_Die element;

	if (!type_of(type, &element) || !(size = size_of(&element)) || !all) {
		fputs("{...}", p->out);
		return;
	}
	if (is_char(&element)) {
		print_string(p, (const char *)bytes, n);
		return;
	}
	putc('{', p->out);
	for (size_t i = 0; i < all / size; i++) {
		if (i)
			fputs(", ", p->out);
		if (i == ElementsMost || (i + 1) * size > n) {
			fputs("...", p->out);
			break;
		}
		print(p, &element, bytes + i * size, size, depth + 1);
	}
	putc('}', p->out);
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
	if (type_of(die, &type))
		print(&p, &type, value->bytes, value->n, 0);
	else
		putc('?', p.out);
	if (fclose(p.out) != 0)
		out_of_memory();
	return clean_text(raw, n);
}
