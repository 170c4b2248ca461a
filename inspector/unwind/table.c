/* SPDX-License-Identifier: BSD-2-Clause */
#include <dwarf.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "layout/section.h"
#include "unwind/table.h"

enum { LettersMost = 16, WordBytes = 8 };

/* How an address is written, in the lower half of an encoding, and from where
 * it counts, in the upper. */
enum { FormMask = 0x0f, BaseMask = 0xf0 };

static uint64_t number(struct reader *r, uint8_t encoding)
{
	switch (encoding & FormMask) {
	case DW_EH_PE_absptr:
	case DW_EH_PE_udata8:
	case DW_EH_PE_sdata8:
		return reader_number(r, 8);
	case DW_EH_PE_udata2:
		return reader_number(r, 2);
	case DW_EH_PE_udata4:
		return reader_number(r, 4);
	case DW_EH_PE_sdata2:
		return reader_signed(r, 2);
	case DW_EH_PE_sdata4:
		return reader_signed(r, 4);
	case DW_EH_PE_uleb128:
		return reader_uleb(r);
	case DW_EH_PE_sleb128:
		return reader_sleb(r);
	default:
		r->failed = true;
		return 0;
	}
}

uint64_t table_address(const struct table *t, struct reader *r,
		       uint8_t encoding)
{
	uint64_t place = t->address + (r->at - t->bytes.at);
	uint64_t value = number(r, encoding);

	if ((encoding & BaseMask) == DW_EH_PE_absptr)
		return value;
	if ((encoding & BaseMask) != DW_EH_PE_pcrel)
		r->failed = true;
	return place + value;
}

/* One entry of either kind: what follows its length, and where its number
 * (of a CIE, or to it) stands. */
struct raw {
	struct reader body;
	uint64_t id;
	uint64_t id_at;
	bool common;
};

/* The entry that R stands at. False: there is none. */
static bool read_raw(const struct table *t, struct reader *r, struct raw *ret)
{
	uint64_t length = reader_number(r, 4);
	unsigned size = 4;

	if (length == UINT32_MAX) {
		size = 8;
		length = reader_number(r, 8);
	}
	if (length == 0 || r->failed)
		return false;
	ret->body = reader_part(r, length);
	ret->id_at = ret->body.at - t->bytes.at;
	/* In .eh_frame it has four bytes whatever the length has. */
	if (t->kind == TABLE_EH)
		size = 4;
	ret->id = reader_number(&ret->body, size);
	if (t->kind == TABLE_EH)
		ret->common = ret->id == 0;
	else
		ret->common = ret->id == (size == 4 ? UINT32_MAX : UINT64_MAX);
	return !r->failed;
}

/* Past the zeros between entries. */
static void skip_zeros(struct reader *r)
{
	static const uint8_t zeros[4];

	while (reader_left(r) >= sizeof(zeros)
	       && memcmp(r->at, zeros, sizeof(zeros)) == 0)
		r->at += sizeof(zeros);
}

static bool raw_at(const struct table *t, uint64_t offset, struct raw *ret)
{
	struct reader r = t->bytes;

	if (offset > reader_left(&r))
		return false;
	r.at += offset;
	return read_raw(t, &r, ret) && !ret->body.failed;
}

/* What LETTERS announce, behind 'z'. One that we do not know ends it, for the
 * length of all is known; but an encoding must not be behind it. */
static bool read_augmentation(struct table_entry *e, const char *letters,
			      struct reader data)
{
	uint8_t encoding;

	for (; *letters; letters++)
		switch (*letters) {
		case 'R':
			e->encoding = reader_number(&data, 1);
			break;
		case 'P':
			encoding = reader_number(&data, 1);
			number(&data, encoding);
			break;
		case 'L':
			reader_number(&data, 1);
			break;
		case 'S':
			e->signal = true;
			break;
		default:
			return !strchr(letters, 'R');
		}
	return !data.failed;
}

/* What the CIE says. */
static bool read_common(struct reader r, struct table_entry *ret)
{
	uint64_t version = reader_number(&r, 1);
	const char *letters = reader_string(&r, LettersMost);
	struct table_entry e = { .encoding = DW_EH_PE_absptr };

	e.augmented = *letters == 'z';
	if ((*letters && !e.augmented)
	    || (version != 1 && version != 3 && version != 4))
		return false;
	if (version == 4
	    && (reader_number(&r, 1) != WordBytes || reader_number(&r, 1) != 0))
		return false;
	e.code_factor = reader_uleb(&r);
	e.data_factor = reader_sleb(&r);
	e.return_column = version == 1 ? reader_number(&r, 1) : reader_uleb(&r);
	if (e.augmented
	    && !read_augmentation(&e, letters + 1,
				  reader_part(&r, reader_uleb(&r))))
		return false;
	e.common = r;
	*ret = e;
	return !r.failed;
}

static bool read_entry(const struct table *t, const struct raw *raw,
		       struct table_entry *ret)
{
	uint64_t common = t->kind == TABLE_EH ? raw->id_at - raw->id : raw->id;
	struct reader r = raw->body;
	struct raw its;

	if (!raw_at(t, common, &its) || !its.common
	    || !read_common(its.body, ret))
		return false;
	ret->first = table_address(t, &r, ret->encoding);
	ret->size = number(&r, ret->encoding);
	if (ret->augmented)
		reader_part(&r, reader_uleb(&r));
	ret->own = r;
	return !r.failed;
}

static int ascending(const void *a, const void *b)
{
	const struct covered *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

static void note_entries(struct table *t)
{
	struct reader r = t->bytes;
	const uint8_t *at;
	struct table_entry e;
	struct raw raw;

	for (skip_zeros(&r); at = r.at, read_raw(t, &r, &raw); skip_zeros(&r))
		if (!raw.common && read_entry(t, &raw, &e) && e.size)
			*ARRAY_PUSH(&t->entries) =
				(struct covered){ e.first, e.first + e.size,
						  at - t->bytes.at };
	if (t->entries.n)
		qsort(t->entries.items, t->entries.n, sizeof(struct covered),
		      ascending);
}

/* The bytes of DATA that an entry can be found in. */
static struct reader bytes_of(const Elf_Data *data)
{
	struct reader r = { 0 };

	if (!data || !data->d_buf)
		return r;
	r.at = data->d_buf;
	r.end = r.at + (data->d_size < UINT32_MAX ? data->d_size : UINT32_MAX);
	return r;
}

/* The bytes of the file from ADDRESS to the end of what is loaded there. */
static struct reader loaded_from(Elf *elf, uint64_t address)
{
	GElf_Phdr p;
	size_t n;

	if (elf_getphdrnum(elf, &n) != 0)
		return (struct reader){ 0 };
	for (size_t i = 0; i < n && gelf_getphdr(elf, i, &p); i++) {
		uint64_t skipped = address - p.p_vaddr;

		if (p.p_type == PT_LOAD && address >= p.p_vaddr
		    && skipped < p.p_filesz)
			return bytes_of(elf_getdata_rawchunk(
				elf, p.p_offset + skipped, p.p_filesz - skipped,
				ELF_T_BYTE));
	}
	return (struct reader){ 0 };
}

/* The address of the search table; 0: there is none. */
static uint64_t search_table(Elf *elf)
{
	GElf_Phdr p;
	size_t n;

	if (elf_getphdrnum(elf, &n) != 0)
		return 0;
	for (size_t i = 0; i < n && gelf_getphdr(elf, i, &p); i++)
		if (p.p_type == PT_GNU_EH_FRAME)
			return p.p_vaddr;
	return 0;
}

/* A file that has lost its sections: the search table, at AT, says where the
 * table begins. */
static struct table table_by(Elf *elf, uint64_t at)
{
	struct table search = {
		.kind = TABLE_EH,
		.address = at,
		.bytes = loaded_from(elf, at),
	};
	struct reader r = search.bytes;
	bool known = reader_number(&r, 1) == 1;
	uint8_t encoding = reader_number(&r, 1);
	uint64_t address;

	reader_part(&r, 2); /* how its other numbers are written */
	address = table_address(&search, &r, encoding);
	if (!known || r.failed)
		return (struct table){ .kind = TABLE_EH };
	return table_of(loaded_from(elf, address), address, TABLE_EH);
}

struct table table_of(struct reader bytes, uint64_t address,
		      enum table_kind kind)
{
	struct table t = { .kind = kind, .bytes = bytes, .address = address };

	note_entries(&t);
	return t;
}

struct table table_open(Elf *elf, enum table_kind kind)
{
	static const char *const names[] = { ".eh_frame", ".debug_frame" };
	GElf_Shdr header;
	Elf_Scn *section =
		elf ? section_named(elf, names[kind], &header) : NULL;
	uint64_t at;

	if (section && header.sh_type != SHT_NOBITS)
		return table_of(bytes_of(elf_getdata(section, NULL)),
				header.sh_addr, kind);
	at = elf && kind == TABLE_EH ? search_table(elf) : 0;
	return at ? table_by(elf, at) : (struct table){ .kind = kind };
}

void table_close(struct table *t)
{
	free(t->entries.items);
}

/* The last of those that begin at AT or before. */
static const struct covered *search(const struct table *t, uint64_t at)
{
	size_t n = ARRAY_UPTO(&t->entries, .first, at);

	return n ? &t->entries.items[n - 1] : NULL;
}

bool table_find(const struct table *t, uint64_t at, struct table_entry *ret)
{
	const struct covered *c = search(t, at);
	struct raw raw;

	return c && at < c->end && raw_at(t, c->offset, &raw)
	       && read_entry(t, &raw, ret);
}
