/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * corefile.h - a core made by hand, for the tests that read one: one thread
 * (7, rsp 0x7008), two loads of 64 bytes each of whose bytes is its own
 * offset in the load plus 1. The second load's last 32 bytes are not dumped.
 *
 *	0x10000-0x10040		all in the core
 *	0x10040-0x10080		half in the core
 */
#ifndef INSPECTOR_COREFILE_H
#define INSPECTOR_COREFILE_H

#include <elf.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/procfs.h>

enum { LoadLow = 0x10000, LoadSize = 64, HalfSize = 32 };

struct core_file {
	Elf64_Ehdr header;
	Elf64_Phdr note, load[2];
	struct core_notes {
		Elf64_Nhdr status_header;
		char status_name[8];
		struct elf_prstatus status;
		Elf64_Nhdr info_header;
		char info_name[8];
		siginfo_t info;
		Elf64_Nhdr files_header;
		char files_name[8];
		uint64_t files[5]; /* count, page, start, end, offset */
		char path[28];	   /* so that all is a multiple of 8 */
	} __attribute__((packed)) notes;
	uint8_t bytes[LoadSize + HalfSize];
};

static Elf64_Phdr load_header(int nth, uint64_t filesz)
{
	return (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W,
		.p_offset = offsetof(struct core_file, bytes) + nth * LoadSize,
		.p_vaddr = LoadLow + nth * LoadSize,
		.p_filesz = filesz,
		.p_memsz = LoadSize,
	};
}

static void make_notes(struct core_notes *n)
{
	n->status_header = (Elf64_Nhdr){ 5, sizeof(n->status), NT_PRSTATUS };
	strcpy(n->status_name, "CORE");
	n->status.pr_pid = 7;
	n->status.pr_reg[19] = 0x7008; /* rsp, in user_regs_struct's order */
	n->info_header = (Elf64_Nhdr){ 5, sizeof(n->info), NT_SIGINFO };
	strcpy(n->info_name, "CORE");
	n->files_header =
		(Elf64_Nhdr){ 5, sizeof(n->files) + sizeof(n->path), NT_FILE };
	strcpy(n->files_name, "CORE");
	memcpy(n->files, (uint64_t[]){ 1, 4096, 0x400000, 0x401000, 0 },
	       sizeof(n->files));
	strcpy(n->path, "/nonexistent/program");
}

static struct core_file make_core(void)
{
	struct core_file f = { 0 };

	memcpy(f.header.e_ident, ELFMAG, SELFMAG);
	f.header.e_ident[EI_CLASS] = ELFCLASS64;
	f.header.e_ident[EI_DATA] = ELFDATA2LSB;
	f.header.e_type = ET_CORE;
	f.header.e_machine = EM_X86_64;
	f.header.e_phoff = offsetof(struct core_file, note);
	f.header.e_phentsize = sizeof(Elf64_Phdr);
	f.header.e_phnum = 3;
	f.note = (Elf64_Phdr){
		.p_type = PT_NOTE,
		.p_offset = offsetof(struct core_file, notes),
		.p_filesz = sizeof(f.notes),
	};
	f.load[0] = load_header(0, LoadSize);
	f.load[1] = load_header(1, HalfSize);
	make_notes(&f.notes);
	for (size_t i = 0; i < sizeof(f.bytes); i++)
		f.bytes[i] = i % LoadSize + 1;
	return f;
}

#endif
