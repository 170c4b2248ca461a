/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traceback.c - stacks of this process, by the compiler's unwinder (libgcc's
 * _Unwind_Backtrace), with names from the executable's symbol table.
 */
#include "runtime.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <string.h>
#include <unwind.h>

enum { MaxFrames = 100 }; /* of one goroutine that are printed */

/* All of our own code lies here; the linker makes these for the section. */
extern const uint8_t __start_seam_text[], __stop_seam_text[];

static bool ourcode(uintptr_t pc)
{
	return pc >= (uintptr_t)__start_seam_text
	       && pc < (uintptr_t)__stop_seam_text;
}

/* Where stacks change, which no program calls by itself. */
static bool inseamcode(uintptr_t pc)
{
	return pc >= seamcode[0] && pc < seamcode[1];
}

/*
 * Names
 */

typedef struct Symtab {
	const Elf64_Sym *sym;
	uint64_t n;
	const char *names;
	uintptr_t bias; /* what the loader added to each address */
} Symtab;

static int firstobject(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	*(uintptr_t *)arg = info->dlpi_addr;
	return 1;
}

/* The section header of TYPE; NULL: none, or it is not wholly in the file. */
static const Elf64_Shdr *findsection(const uint8_t *file, uint64_t size,
				     uint32_t type)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)file;
	if (size < sizeof(*eh) || memcmp(file, ELFMAG, SELFMAG) != 0
	    || eh->e_shoff + eh->e_shnum * sizeof(Elf64_Shdr) > size)
		return NULL;
	const Elf64_Shdr *sh = (const Elf64_Shdr *)(file + eh->e_shoff);
	for (int i = 0; i < eh->e_shnum; i++)
		if (sh[i].sh_type == type && sh[i].sh_link < eh->e_shnum
		    && sh[i].sh_offset + sh[i].sh_size <= size)
			return &sh[i];
	return NULL;
}

static Symtab loadsymtab(void)
{
	Symtab t = { .n = 0 };
	uint64_t size;
	const uint8_t *file = osexe(&size);
	if (!file)
		return t;
	const Elf64_Shdr *sh = findsection(file, size, SHT_SYMTAB);
	if (!sh && !(sh = findsection(file, size, SHT_DYNSYM)))
		return t;
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)file;
	const Elf64_Shdr *all = (const Elf64_Shdr *)(file + eh->e_shoff);
	t.sym = (const Elf64_Sym *)(file + sh->sh_offset);
	t.n = sh->sh_size / sizeof(Elf64_Sym);
	t.names = (const char *)file + all[sh->sh_link].sh_offset;
	dl_iterate_phdr(firstobject, &t.bias);
	return t;
}

static const char *symbolin(const Symtab *t, uintptr_t pc)
{
	for (uint64_t i = 0; i < t->n; i++) {
		const Elf64_Sym *s = &t->sym[i];
		if (ELF64_ST_TYPE(s->st_info) == STT_FUNC && s->st_size
		    && pc - t->bias - s->st_value < s->st_size)
			return t->names + s->st_name;
	}
	return NULL;
}

static const char *lookup(uintptr_t pc)
{
	static Symtab table;
	Dl_info info;
	if (!table.sym)
		table = loadsymtab();
	const char *name = symbolin(&table, pc);
	if (!name && dladdr((void *)pc, &info))
		name = info.dli_sname;
	return name;
}

/* The function that PC lies in, or NULL. Remembers what it found. */
static const char *funcname(uintptr_t pc)
{
	static struct {
		uintptr_t pc;
		const char *name;
	} seen[1024];
	uint64_t i = pc * UINT64_C(0x9e3779b97f4a7c15) >> 54;
	if (seen[i].pc != pc) {
		seen[i].name = lookup(pc);
		seen[i].pc = pc;
	}
	return seen[i].name;
}

/*
 * Frames. Of our own code only the function that the program called is shown,
 * and only where it is the innermost.
 */

typedef struct Trace {
	int n;	       /* frames printed or left out */
	int max;       /* frames to print */
	uintptr_t own; /* the last frame of ours before the program's first */
} Trace;

/* Up to the suffix that a compiler gives to a copy: walk.constprop.0 */
static void printname(const char *name)
{
	char buf[128];
	size_t i;
	for (i = 0; name[i] && name[i] != '.' && i < sizeof(buf) - 1; i++)
		buf[i] = name[i];
	buf[i] = '\0';
	print("%s\n", buf);
}

static void printfunc(uintptr_t pc)
{
	const char *name = funcname(pc);
	if (name)
		printname(name);
	else
		print("%x\n", pc);
}

static void printframe(Trace *t, uintptr_t pc)
{
	if (t->n++ >= t->max)
		return;
	print("#%d%s", (int64_t)(t->n - 1), t->n <= 10 ? "  " : " ");
	printfunc(pc);
}

static NOSPLIT _Unwind_Reason_Code eachframe(struct _Unwind_Context *ctx,
					     void *arg)
{
	Trace *t = arg;
	int activation = 0;
	uintptr_t pc = _Unwind_GetIPInfo(ctx, &activation);
	if (!pc)
		return _URC_END_OF_STACK;
	bool crossing = pc == (uintptr_t)retfromnewstack;
	if (!activation)
		pc--;
	if (ourcode(pc)) {
		if (!crossing)
			t->own = inseamcode(pc) ? 0 : pc;
		return _URC_NO_REASON;
	}
	if (t->n == 0 && t->own)
		printframe(t, t->own);
	printframe(t, pc);
	return _URC_NO_REASON;
}

static NOSPLIT void walk(void *trace)
{
	_Unwind_Backtrace(eachframe, trace);
}

static void printrest(const Trace *t)
{
	if (t->n > t->max)
		print("    ... and %d more\n", (int64_t)(t->n - t->max));
}

void traceback(G *gp)
{
	Trace t = { .max = MaxFrames };
	tracefrom(&gp->sched, walk, &t);
	printrest(&t);
	if (!gp->gopc)
		return;
	print("    created by ");
	printfunc(gp->gopc - 1);
}

void tracebackhere(int n)
{
	Trace t = { .max = n };
	walk(&t);
	printrest(&t);
}
