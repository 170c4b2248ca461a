/* SPDX-License-Identifier: BSD-2-Clause */
#include <elfutils/libdwelf.h>
#include <string.h>

#include "layout/program.h"
#include "layout/section.h"
#include "util/scope.h"

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
};

static void forget(struct program *p)
{
	dwfl_end(p->dwfl);
	for (size_t i = 0; i < p->troubles.n; i++)
		free(p->troubles.items[i]);
	free(p->troubles.items);
	*p = (struct program){ 0 };
}

void program_close(struct program *p)
{
	forget(p);
	free(p);
}

/* A vDSO that is cut off is no file that could be put back: not told. */
static void trouble(struct program *p, const char *path, struct error *e)
{
	if (strcmp(path, VdsoName) != 0)
		*ARRAY_PUSH(&p->troubles) = RELEASE(e->text);
	error_free(e);
}

static const struct mapping *code_of(const struct target *t, uint32_t index)
{
	uint32_t code = t->files.items[index].code;

	return code == NO_MAPPING ? NULL : &t->mappings.items[code];
}

/* How far from its own addresses the file is loaded. The entry point tells
 * for the executable, even if its mappings have no names. */
static bool load_bias(const struct target *t, uint32_t index,
		      const struct file *f, uint64_t *ret)
{
	const struct mapping *m = code_of(t, index);
	Elf64_Ehdr header;

	if (!elf_header(f->bytes, &header))
		return false;
	if (index != t->exe || addr_null(t->entry))
		return m && elf_bias(f->bytes, m->low, m->offset, ret);
	*ret = t->entry.v - header.e_entry;
	return true;
}

/* Tell libdwfl of the file; NULL if it is no program or library. */
static Dwfl_Module *report(struct program *p, const struct file *f,
			   uint64_t bias)
{
	int fd = dup(f->fd);
	Dwfl_Module *m;

	m = dwfl_report_elf(p->dwfl, f->path, f->opened, fd, bias, true);
	if (!m && fd >= 0)
		close(fd);
	return m;
}

static struct error *report_exe(struct program *p, struct target *t)
{
	const struct file *f;
	struct error *e;
	uint64_t bias;

	if (t->exe == NO_FILE)
		return error_new("%s does not say which program it is of; %s",
				 t->subject,
				 t->damage ? "what says so may be cut off"
					   : "name the executable after it");
	e = target_file(t, t->exe, &f);
	if (e)
		return e;
	if (!load_bias(t, t->exe, f, &bias))
		return error_new("%s does not say where '%s' was loaded%s",
				 t->subject, f->path,
				 t->damage ? "; what says so may be cut off"
					   : "");
	p->path = f->opened;
	p->exe = report(p, f, bias);
	if (!p->exe)
		return error_new("cannot load '%s' as the program of %s: %s",
				 f->path, t->subject, dwfl_errmsg(-1));
	return NULL;
}

static void report_libraries(struct program *p, struct target *t)
{
	for (uint32_t i = 0; i < t->files.n; i++) {
		const struct file *f;
		struct error *e;
		uint64_t bias;

		if (i == t->exe || !code_of(t, i))
			continue;
		e = target_file(t, i, &f);
		if (e)
			trouble(p, t->files.items[i].path, e);
		else if (load_bias(t, i, f, &bias))
			report(p, f, bias);
	}
}

static struct error *report_all(struct program *p, struct target *t)
{
	struct error *e;

	p->dwfl = dwfl_begin(&callbacks);
	if (!p->dwfl)
		return error_new("libdwfl: %s", dwfl_errmsg(-1));
	dwfl_report_begin(p->dwfl);
	e = report_exe(p, t);
	if (e)
		return e;
	report_libraries(p, t);
	dwfl_report_end(p->dwfl, NULL, NULL);
	return NULL;
}

struct error *program_open(struct target *t, struct program **ret)
{
	SCOPE(program) struct program *p = array_new(1, sizeof(*p));
	struct error *e = report_all(p, t);

	if (e)
		return e;
	*ret = RELEASE(p);
	return NULL;
}

struct error *program_renew(struct program *p, struct target *t)
{
	Dwarf_Addr start;
	struct error *e;

	dwfl_module_info(p->exe, NULL, &start, NULL, NULL, NULL, NULL, NULL);
	forget(p);
	e = report_all(p, t);
	if (e)
		return e;
	p->exe = dwfl_addrmodule(p->dwfl, start);
	dwfl_module_info(p->exe, NULL, NULL, NULL, NULL, NULL, &p->path, NULL);
	return NULL;
}

const char *program_debug_file(const struct program *p)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(p->exe, &bias);
	GElf_Word crc;

	return elf ? dwelf_elf_gnu_debuglink(elf, &crc) : NULL;
}

/* The executable's section NAME; NULL: none. */
static Elf_Scn *find_section(const struct program *p, const char *name,
			     GElf_Shdr *header, GElf_Addr *bias)
{
	Elf *elf = dwfl_module_getelf(p->exe, bias);

	return elf ? section_named(elf, name, header) : NULL;
}

bool program_compressed(const struct program *p)
{
	GElf_Shdr header;
	GElf_Addr bias;

	return find_section(p, ".debug_info", &header, &bias)
	       && header.sh_flags & SHF_COMPRESSED;
}

bool program_section(struct program *p, const char *name, addr_t *low,
		     addr_t *end)
{
	GElf_Shdr header;
	GElf_Addr bias;

	if (!find_section(p, name, &header, &bias))
		return false;
	*low = addr(header.sh_addr + bias);
	*end = addr_plus(*low, header.sh_size);
	return true;
}

/* Something to look for in all modules. */
struct choice {
	struct program *program;
	const char *section;
};

static int choose(Dwfl_Module *module, void **data, const char *path,
		  Dwarf_Addr start, void *arg)
{
	struct choice *c = arg;
	Dwfl_Module *before = c->program->exe;
	addr_t low, end;

	(void)data, (void)start;
	c->program->exe = module;
	if (program_section(c->program, c->section, &low, &end)) {
		c->program->path = path;
		return DWARF_CB_ABORT;
	}
	c->program->exe = before;
	return DWARF_CB_OK;
}

void program_choose(struct program *p, const char *name)
{
	struct choice c = { p, name };
	addr_t low, end;

	if (!program_section(p, name, &low, &end))
		dwfl_getmodules(p->dwfl, choose, &c, 0);
}

bool program_symbol(struct program *p, const char *name, addr_t *low,
		    addr_t *end)
{
	int n = dwfl_module_getsymtab(p->exe);

	for (int i = 1; i < n; i++) {
		GElf_Sym symbol;
		GElf_Addr at;
		const char *its = dwfl_module_getsym_info(
			p->exe, i, &symbol, &at, NULL, NULL, NULL);

		if (!its || symbol.st_shndx == SHN_UNDEF
		    || strcmp(its, name) != 0)
			continue;
		*low = addr(at);
		*end = addr_plus(*low, symbol.st_size);
		return true;
	}
	return false;
}
