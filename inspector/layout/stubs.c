/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A stub jumps through a slot, and the relocation of the slot names the
 * function:
 *
 *	[endbr64]  [bnd] jmp *SLOT(%rip)	ff 25 and 4 bytes
 */
#include <gelf.h>
#include <string.h>

#include "layout/stubs.h"

enum { StubBytes = 16, ShortStubBytes = 8, JumpBytes = 6 };

/* The section of stubs that AT, an address of the file, lies in. */
static Elf_Scn *stubs_at(Elf *elf, GElf_Addr at, GElf_Shdr *ret)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *name;

		if (!gelf_getshdr(section, ret) || at < ret->sh_addr
		    || at - ret->sh_addr >= ret->sh_size)
			continue;
		name = elf_strptr(elf, names, ret->sh_name);
		if (name && strncmp(name, ".plt", 4) == 0)
			return section;
	}
	return NULL;
}

/* The slot that the jump in CODE, the stub at AT, goes through. */
static bool slot_of(const uint8_t *code, size_t size, GElf_Addr at,
		    GElf_Addr *ret)
{
	for (size_t i = 0; i + JumpBytes <= size; i++) {
		int32_t offset;

		if (code[i] != 0xff || code[i + 1] != 0x25)
			continue;
		memcpy(&offset, code + i + 2, sizeof(offset));
		*ret = at + i + JumpBytes + offset;
		return true;
	}
	return false;
}

static bool slot_at(Elf *elf, GElf_Addr at, GElf_Addr *ret)
{
	GElf_Shdr header;
	Elf_Scn *section = stubs_at(elf, at, &header);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	size_t size = StubBytes, offset;

	if (!data)
		return false;
	if (header.sh_entsize == ShortStubBytes)
		size = ShortStubBytes;
	offset = (at - header.sh_addr) / size * size;
	if (offset >= data->d_size)
		return false;
	if (size > data->d_size - offset)
		size = data->d_size - offset;
	return slot_of((uint8_t *)data->d_buf + offset, size,
		       header.sh_addr + offset, ret);
}

/* The relocation of SLOT in a section of them. */
static bool relocation_in(Elf_Scn *section, const GElf_Shdr *header,
			  GElf_Addr slot, GElf_Rela *ret)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n =
		header->sh_entsize ? header->sh_size / header->sh_entsize : 0;

	for (size_t i = 0; data && i < n; i++)
		if (gelf_getrela(data, i, ret) && ret->r_offset == slot)
			return true;
	return false;
}

/* The name of symbol INDEX of the table that is section number TABLE. */
static const char *symbol_name(Elf *elf, size_t table, size_t index)
{
	Elf_Scn *section = elf_getscn(elf, table);
	Elf_Data *data = section ? elf_getdata(section, NULL) : NULL;
	GElf_Shdr header;
	GElf_Sym symbol;

	if (!data || index == 0 || !gelf_getshdr(section, &header)
	    || !gelf_getsym(data, index, &symbol))
		return NULL;
	return elf_strptr(elf, header.sh_link, symbol.st_name);
}

/* What the slot is filled with: a symbol, or in a static program what a
 * function of the program chooses. */
static const char *slot_name(Dwfl_Module *m, Elf *elf, GElf_Addr bias,
			     GElf_Addr slot)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	GElf_Rela r;

	while ((section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header)
		    || header.sh_type != SHT_RELA
		    || !relocation_in(section, &header, slot, &r))
			continue;
		if (GELF_R_TYPE(r.r_info) == R_X86_64_IRELATIVE)
			return dwfl_module_addrname(m, r.r_addend + bias);
		return symbol_name(elf, header.sh_link, GELF_R_SYM(r.r_info));
	}
	return NULL;
}

bool stubs_have(Dwfl_Module *m, addr_t at)
{
	GElf_Addr bias;
	Elf *elf = m ? dwfl_module_getelf(m, &bias) : NULL;
	GElf_Shdr header;

	return elf && stubs_at(elf, at.v - bias, &header);
}

const char *stubs_name(struct strings *strings, Dwfl_Module *m, addr_t at)
{
	GElf_Addr bias, slot;
	Elf *elf = m ? dwfl_module_getelf(m, &bias) : NULL;
	const char *name;

	if (!elf || !slot_at(elf, at.v - bias, &slot))
		return NULL;
	name = slot_name(m, elf, bias, slot);
	return name ? strings_format(strings, "%s@plt", name) : NULL;
}
