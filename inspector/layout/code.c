/* SPDX-License-Identifier: BSD-2-Clause */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "layout/code.h"
#include "util/scope.h"

/* More patterns, or longer ones, are not looked for. */
enum { PatternsMost = 32, PatternMost = 128 };

struct patterns {
	size_t n;
	char text[PatternsMost][PatternMost];
};

/* What is done with the symbols of a file. */
struct visit {
	struct program *program;
	/* False: that was enough. */
	bool (*symbol)(struct visit *v, const char *name, const GElf_Sym *s,
		       GElf_Addr bias);
	struct patterns patterns;
	struct code_set *set;
	const char *name;
	bool found;
};

static struct patterns split(const char *list)
{
	struct patterns p = { 0 };

	while (*(list += strspn(list, " ")) && p.n < PatternsMost) {
		size_t n = strcspn(list, " ");

		if (n < PatternMost)
			memcpy(p.text[p.n++], list, n);
		list += n;
	}
	return p;
}

static bool matches(const struct patterns *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (fnmatch(p->text[i], name, 0) == 0)
			return true;
	return false;
}

static bool add_function(struct visit *v, const char *name, const GElf_Sym *s,
			 GElf_Addr bias)
{
	addr_t low = addr(s->st_value + bias);

	if (GELF_ST_TYPE(s->st_info) == STT_FUNC && s->st_size
	    && matches(&v->patterns, name))
		*ARRAY_PUSH(v->set) =
			(struct code){ low, addr_plus(low, s->st_size) };
	return true;
}

static bool find_name(struct visit *v, const char *name, const GElf_Sym *s,
		      GElf_Addr bias)
{
	(void)s, (void)bias;
	v->found = strcmp(name, v->name) == 0;
	return !v->found;
}

/* The symbols of one table. */
static bool visit_table(struct visit *v, Elf *elf, Elf_Scn *section,
			const GElf_Shdr *header, GElf_Addr bias)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n =
		header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
	GElf_Sym symbol;

	for (size_t i = 1; data && i < n && gelf_getsym(data, i, &symbol);
	     i++) {
		const char *name =
			elf_strptr(elf, header->sh_link, symbol.st_name);

		if (name && symbol.st_shndx != SHN_UNDEF
		    && !v->symbol(v, name, &symbol, bias))
			return false;
	}
	return true;
}

static int visit_module(Dwfl_Module *module, void **data, const char *path,
			Dwarf_Addr start, void *arg)
{
	struct visit *v = arg;
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(module, &bias);
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	(void)data, (void)start;
	while (elf && (section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header)
		    || (header.sh_type != SHT_SYMTAB
			&& header.sh_type != SHT_DYNSYM))
			continue;
		if (visit_table(v, elf, section, &header, bias))
			continue;
		v->program->exe = module;
		v->program->path = path;
		return DWARF_CB_ABORT;
	}
	return DWARF_CB_OK;
}

static int compare(const void *a, const void *b)
{
	const struct code *x = a, *y = b;

	return x->low.v < y->low.v ? -1 : x->low.v > y->low.v;
}

void code_sort(struct code_set *f)
{
	if (f->n)
		qsort(f->items, f->n, sizeof(*f->items), compare);
}

void code_add(struct program *p, const char *list, struct code_set *ret)
{
	struct visit v = {
		.program = p,
		.symbol = add_function,
		.patterns = split(list),
		.set = ret,
	};

	dwfl_getmodules(p->dwfl, visit_module, &v, 0);
	code_sort(ret);
}

bool code_has(const struct code_set *f, addr_t at)
{
	size_t n = ARRAY_UPTO(f, .low.v, at.v);

	return n && at.v < f->items[n - 1].end.v;
}

bool code_choose(struct program *p, const char *name)
{
	struct visit v = { .program = p, .symbol = find_name, .name = name };

	dwfl_getmodules(p->dwfl, visit_module, &v, 0);
	return v.found;
}
