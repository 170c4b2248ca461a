/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * names.c - which function a pc lies in, by the symbol table of the executable
 * or library. Takes no lock and allocates nothing but mappings of those files:
 * a signal may have stopped anybody anywhere.
 */
#include "trace.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>

enum { MaxObjects = 64 };

/* An executable or library, as far as the pcs of stacks led to it. */
typedef struct Object {
	const struct link_map *map;
	const uint8_t *file; /* NULL: cannot be had */
	uint64_t size;
	const Elf64_Sym *sym; /* NULL: no names are to be had */
	uint64_t n;
	const char *names;
	uint64_t namesize;
} Object;

static bool within(uint64_t offset, uint64_t n, uint64_t size)
{
	return offset <= size && n <= size - offset;
}

/* The section header of TYPE; NULL: none, or it is not wholly in the file. */
static const Elf64_Shdr *findsection(const uint8_t *file, uint64_t size,
				     uint32_t type)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)file;
	if (size < sizeof(*eh) || memcmp(file, ELFMAG, SELFMAG) != 0
	    || !within(eh->e_shoff, eh->e_shnum * sizeof(Elf64_Shdr), size))
		return NULL;
	const Elf64_Shdr *sh = (const Elf64_Shdr *)(file + eh->e_shoff);
	for (int i = 0; i < eh->e_shnum; i++)
		if (sh[i].sh_type == type && sh[i].sh_link < eh->e_shnum
		    && within(sh[i].sh_offset, sh[i].sh_size, size))
			return &sh[i];
	return NULL;
}

static void loadnames(Object *o, const char *path)
{
	o->file = osmapfile(path, &o->size);
	if (!o->file)
		return;
	const Elf64_Shdr *sh = findsection(o->file, o->size, SHT_SYMTAB);
	if (!sh && !(sh = findsection(o->file, o->size, SHT_DYNSYM)))
		return;
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)o->file;
	const Elf64_Shdr *all = (const Elf64_Shdr *)(o->file + eh->e_shoff);
	const Elf64_Shdr *str = &all[sh->sh_link];
	if (!within(str->sh_offset, str->sh_size, o->size))
		return;
	o->sym = (const Elf64_Sym *)(o->file + sh->sh_offset);
	o->n = sh->sh_size / sizeof(Elf64_Sym);
	o->names = (const char *)o->file + str->sh_offset;
	o->namesize = str->sh_size;
}

static Object objects[MaxObjects];

/* What was found, by pc. */
static struct Seen {
	uintptr_t pc;
	const char *name;
} seen[1024];

/* NULL: PC is not known to the loader, or there are too many objects. */
static const Object *objectof(uintptr_t pc)
{
	struct dl_find_object found;
	if (_dl_find_object((void *)pc, &found) != 0)
		return NULL;
	const struct link_map *map = found.dlfo_link_map;
	Object *o = objects;
	while (o->map && o->map != map)
		if (++o == objects + MaxObjects)
			return NULL;
	if (!o->map) {
		o->map = map;
		/* Only the vDSO's name is no path. */
		if (!map->l_name[0])
			loadnames(o, "/proc/self/exe");
		else if (strchr(map->l_name, '/'))
			loadnames(o, map->l_name);
	}
	return o;
}

/* NULL: it has no end within the file's names. */
static const char *nameat(const Object *o, uint64_t at)
{
	if (at >= o->namesize || !memchr(o->names + at, 0, o->namesize - at))
		return NULL;
	return o->names + at;
}

static const char *lookup(uintptr_t pc)
{
	const Object *o = objectof(pc);
	for (uint64_t i = 0; o && o->sym && i < o->n; i++) {
		const Elf64_Sym *s = &o->sym[i];
		if (ELF64_ST_TYPE(s->st_info) == STT_FUNC && s->st_size
		    && pc - o->map->l_addr - s->st_value < s->st_size)
			return nameat(o, s->st_name);
	}
	return NULL;
}

const char *funcname(uintptr_t pc)
{
	struct Seen *s = &seen[pc * UINT64_C(0x9e3779b97f4a7c15) >> 54];
	if (s->pc != pc) {
		s->name = lookup(pc);
		s->pc = pc;
	}
	return s->name;
}

void forgetnames(void)
{
	for (Object *o = objects; o < objects + MaxObjects; o++)
		if (o->file)
			osfree((void *)(uintptr_t)o->file, o->size);
	memset(objects, 0, sizeof(objects));
	memset(seen, 0, sizeof(seen));
}
