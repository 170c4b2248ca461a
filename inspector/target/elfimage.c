/* SPDX-License-Identifier: BSD-2-Clause */
#include <endian.h>
#include <string.h>

#include "target/elfimage.h"

enum { NoteAlign = 4 };

struct bytes bytes_part(struct bytes b, uint64_t offset, uint64_t size)
{
	if (offset > b.size)
		return (struct bytes){ b.data, 0 };
	if (size > b.size - offset)
		size = b.size - offset;
	return (struct bytes){ b.data + offset, size };
}

bool bytes_get(struct bytes b, uint64_t offset, void *ret, size_t size)
{
	struct bytes part = bytes_part(b, offset, size);

	if (part.size < size)
		return false;
	memcpy(ret, part.data, size);
	return true;
}

bool elf_header(struct bytes b, Elf64_Ehdr *ret)
{
	Elf64_Ehdr h;

	if (!bytes_get(b, 0, &h, sizeof(h)))
		return false;
	if (memcmp(h.e_ident, ELFMAG, SELFMAG) != 0
	    || h.e_ident[EI_CLASS] != ELFCLASS64
	    || h.e_ident[EI_DATA] != ELFDATA2LSB || h.e_machine != EM_X86_64)
		return false;
	*ret = h;
	return true;
}

/* Machines that run Linux, by their number in ELF. */
static const struct machine_name {
	uint16_t number;
	const char *name;
} machine_names[] = {
	{ EM_386, "x86 of 32 bits" }, { EM_X86_64, "x32" },
	{ EM_AARCH64, "aarch64" },    { EM_ARM, "arm" },
	{ EM_PPC64, "ppc64" },	      { EM_S390, "s390" },
	{ EM_RISCV, "riscv" },	      { EM_MIPS, "mips" },
	{ EM_SPARCV9, "sparc64" },
};

const char *elf_other(struct bytes b)
{
	Elf32_Ehdr h; /* up to e_machine as of 64 bits */
	uint16_t machine;

	if (!bytes_get(b, 0, &h, sizeof(h))
	    || memcmp(h.e_ident, ELFMAG, SELFMAG) != 0)
		return NULL;
	machine = h.e_ident[EI_DATA] == ELFDATA2MSB ? be16toh(h.e_machine)
						    : h.e_machine;
	for (size_t i = 0; i < sizeof(machine_names) / sizeof(*machine_names);
	     i++)
		if (machine_names[i].number == machine)
			return machine_names[i].name;
	return "another machine";
}

uint64_t elf_size(struct bytes b, const Elf64_Ehdr *header)
{
	uint64_t size = header->e_shoff
			+ (uint64_t)header->e_shnum * header->e_shentsize;
	Elf64_Phdr p;

	for (uint64_t i = 0; elf_phdr(b, header, i, &p); i++) {
		if (i >= header->e_phnum)
			break;
		if (p.p_type == PT_LOAD && p.p_offset + p.p_filesz > size)
			size = p.p_offset + p.p_filesz;
	}
	return size;
}

uint64_t elf_phnum(struct bytes b, const Elf64_Ehdr *header)
{
	Elf64_Shdr first;

	if (header->e_phnum != PN_XNUM)
		return header->e_phnum;
	if (!bytes_get(b, header->e_shoff, &first, sizeof(first)))
		return 0;
	return first.sh_info;
}

bool elf_phdr(struct bytes b, const Elf64_Ehdr *header, uint64_t i,
	      Elf64_Phdr *ret)
{
	if (header->e_phentsize != sizeof(*ret) || i > UINT32_MAX)
		return false;
	if (header->e_phoff > UINT64_MAX / 2)
		return false;
	return bytes_get(b, header->e_phoff + i * sizeof(*ret), ret,
			 sizeof(*ret));
}

static uint64_t note_aligned(uint64_t n)
{
	return (n + NoteAlign - 1) & ~(uint64_t)(NoteAlign - 1);
}

bool elf_note_next(struct bytes *rest, struct elf_note *ret)
{
	Elf64_Nhdr h;
	uint64_t desc;

	if (!bytes_get(*rest, 0, &h, sizeof(h)))
		return false;
	desc = sizeof(h) + note_aligned(h.n_namesz);
	ret->type = h.n_type;
	ret->name = bytes_part(*rest, sizeof(h), h.n_namesz);
	ret->desc = bytes_part(*rest, desc, h.n_descsz);
	*rest = bytes_part(*rest, desc + note_aligned(h.n_descsz), SIZE_MAX);
	return true;
}

static struct bytes build_id_in(struct bytes notes)
{
	struct elf_note n;

	while (elf_note_next(&notes, &n))
		if (n.type == NT_GNU_BUILD_ID
		    && n.name.size == sizeof(ELF_NOTE_GNU)
		    && memcmp(n.name.data, ELF_NOTE_GNU, n.name.size) == 0)
			return n.desc;
	return (struct bytes){ NULL, 0 };
}

struct bytes elf_build_id(struct bytes b)
{
	struct bytes id = { NULL, 0 };
	Elf64_Ehdr header;
	Elf64_Phdr p;

	if (!elf_header(b, &header))
		return id;
	for (uint64_t i = 0; id.size == 0; i++) {
		if (i >= header.e_phnum || !elf_phdr(b, &header, i, &p))
			break;
		if (p.p_type == PT_NOTE)
			id = build_id_in(bytes_part(b, p.p_offset, p.p_filesz));
	}
	return id;
}

static uint64_t page_of(uint64_t offset)
{
	return offset & ~(uint64_t)(PageBytes - 1);
}

bool elf_bias(struct bytes b, addr_t low, uint64_t offset, uint64_t *ret)
{
	Elf64_Ehdr header;
	Elf64_Phdr p;

	if (!elf_header(b, &header))
		return false;
	for (uint64_t i = 0; i < header.e_phnum; i++) {
		if (!elf_phdr(b, &header, i, &p))
			return false;
		if (p.p_type != PT_LOAD || offset < page_of(p.p_offset)
		    || offset - page_of(p.p_offset) >= p.p_memsz)
			continue;
		*ret = low.v - (offset - page_of(p.p_offset))
		       - page_of(p.p_vaddr);
		return true;
	}
	return false;
}
