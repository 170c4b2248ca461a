/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "layout/section.h"

Elf_Scn *section_named(Elf *elf, const char *name, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names) != 0)
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *its;

		if (!gelf_getshdr(section, header))
			continue;
		its = elf_strptr(elf, names, header->sh_name);
		if (its && strcmp(its, name) == 0)
			break;
	}
	return section;
}
