/* SPDX-License-Identifier: BSD-2-Clause */
/* section.h - the sections of an ELF file, by name. */
#ifndef LAYOUT_SECTION_H
#define LAYOUT_SECTION_H

#include <gelf.h>

/* ELF's first section NAME and its header; NULL: it has none. */
Elf_Scn *section_named(Elf *elf, const char *name, GElf_Shdr *header);

#endif
