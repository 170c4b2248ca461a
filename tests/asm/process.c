/* SPDX-License-Identifier: BSD-2-Clause */
/* process.c - the stepped process, by libdwfl and process_vm_readv. */
#include "process.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

void fail(const char *what)
{
	int dwfl = dwfl_errno();
	const char *cause = dwfl ? dwfl_errmsg(dwfl) : strerror(errno);
	fprintf(stderr, "step: %s: %s\n", what, cause);
	exit(2);
}

bool process_read(const struct process *p, uint64_t address, void *to, size_t n)
{
	struct iovec here = { to, n };
	struct iovec there = { (void *)(uintptr_t)address, n };
	return process_vm_readv(p->pid, &here, 1, &there, 1, 0) == (ssize_t)n;
}

/*
 * Symbols of the program
 */

enum { MAX_DEAD = 2048 }; /* bytes that asm/ pops, and more */

struct symbol {
	uint64_t address, size;
};

static struct symbol find_symbol(struct process *p, const char *name)
{
	int n = dwfl_module_getsymtab(p->program);
	for (int i = 0; i < n; i++) {
		GElf_Sym sym;
		GElf_Addr address;
		const char *found = dwfl_module_getsym_info(
			p->program, i, &sym, &address, NULL, NULL, NULL);
		if (found && strcmp(found, name) == 0)
			return (struct symbol){ address, sym.st_size };
	}
	fprintf(stderr, "step: the program has no symbol %s\n", name);
	exit(2);
}

uint64_t process_function(struct process *p, uint64_t pc)
{
	GElf_Off offset;
	GElf_Sym sym;
	Dwfl_Module *module = dwfl_addrmodule(p->dwfl, pc);
	if (!module
	    || !dwfl_module_addrinfo(module, pc, &offset, &sym, NULL, NULL,
				     NULL))
		return 0;
	return pc - offset;
}

bool process_foreign(struct process *p, uint64_t pc)
{
	return dwfl_addrmodule(p->dwfl, pc) != p->program;
}

/* Also a symbol without size, as asm/'s inner ones are. */
static const char *nearest(struct process *p, uint64_t pc, uint64_t *at)
{
	const char *best = NULL;
	int n = dwfl_module_getsymtab(p->program);
	*at = 0;
	for (int i = 0; i < n; i++) {
		GElf_Sym sym;
		GElf_Addr address;
		const char *name = dwfl_module_getsym_info(
			p->program, i, &sym, &address, NULL, NULL, NULL);
		if (name && GELF_ST_TYPE(sym.st_info) <= STT_FUNC
		    && sym.st_shndx != SHN_UNDEF && address <= pc
		    && address > *at) {
			*at = address;
			best = name;
		}
	}
	return best;
}

const char *process_place(struct process *p, uint64_t pc)
{
	static char text[200];
	uint64_t at;
	if (process_foreign(p, pc)) {
		GElf_Off offset = 0;
		GElf_Sym sym;
		Dwfl_Module *module = dwfl_addrmodule(p->dwfl, pc);
		const char *name =
			module ? dwfl_module_addrinfo(module, pc, &offset, &sym,
						      NULL, NULL, NULL)
			       : NULL;
		snprintf(text, sizeof(text), "%s+%#" PRIx64,
			 name ? name : "nowhere", offset);
		return text;
	}
	const char *name = nearest(p, pc, &at);
	snprintf(text, sizeof(text), "%s+%#" PRIx64, name ? name : "nowhere",
		 pc - at);
	return text;
}

/*
 * Opening
 */

/* The first is the program, whether it is mapped at 0x55.. or at 0x40... */
static int take_program(Dwfl_Module *module, void **data, const char *name,
			Dwarf_Addr start, void *arg)
{
	struct process *p = arg;
	(void)data, (void)name, (void)start;
	p->program = module;
	return DWARF_CB_ABORT;
}

/* What is mapped now, and what the kernel maps when it is asked for. */
static void find_thread_stack(struct process *p)
{
	enum { GROWS = 1 << 16 };
	char line[512];
	snprintf(line, sizeof(line), "/proc/%d/maps", (int)p->pid);
	FILE *maps = fopen(line, "r");
	if (!maps)
		fail(line);
	while (fgets(line, sizeof(line), maps))
		if (strstr(line, "[stack]"))
			sscanf(line, "%" SCNx64 "-%" SCNx64, &p->thread.lo,
			       &p->thread.hi);
	p->thread.lo -= GROWS;
	fclose(maps);
}

static void find_places(struct process *p)
{
	uint64_t seamcode[2];
	struct symbol gostart = find_symbol(p, "gostart");
	if (!process_read(p, find_symbol(p, "seamcode").address, seamcode,
			  sizeof(seamcode)))
		fail("seamcode");
	p->code = (struct range){ seamcode[0], seamcode[1] };
	p->gostart = (struct range){ gostart.address,
				     gostart.address + gostart.size };
	p->runtime = (struct range){
		find_symbol(p, "__start_seam_text").address,
		find_symbol(p, "__stop_seam_text").address,
	};
	p->shadows = find_symbol(p, "shadows").address;
	p->allg = find_symbol(p, "allg").address;
	p->start = find_symbol(p, "_start").address;
}

/*
 * The one thread, for libdwfl
 */

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	struct process *p = arg;
	(void)dwfl;
	if (*thread_arg)
		return 0;
	*thread_arg = p;
	return p->pid;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread_arg)
{
	struct process *p = arg;
	(void)dwfl;
	*thread_arg = p;
	return tid == p->pid;
}

/*
 * What lies below sp is dead: it may still hold what was popped, but any
 * signal may write there, so no unwinder must have to read it.
 */
static bool read_word(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *word,
		      void *arg)
{
	const struct process *p = arg;
	struct range dead = { p->regs.rsp - MAX_DEAD, p->regs.rsp };
	(void)dwfl;
	return !within(dead, address)
	       && process_read(arg, address, word, sizeof(*word));
}

static bool set_registers(Dwfl_Thread *thread, void *thread_arg)
{
	const struct user_regs_struct *r =
		&((struct process *)thread_arg)->regs;
	/* In the order of the psABI's DWARF numbers. */
	const Dwarf_Word words[] = {
		r->rax, r->rdx, r->rcx, r->rbx, r->rsi, r->rdi,
		r->rbp, r->rsp, r->r8,	r->r9,	r->r10, r->r11,
		r->r12, r->r13, r->r14, r->r15, r->rip,
	};
	return dwfl_thread_state_registers(
		thread, 0, sizeof(words) / sizeof(*words), words);
}

static const Dwfl_Thread_Callbacks threads = {
	.next_thread = next_thread,
	.get_thread = get_thread,
	.memory_read = read_word,
	.set_initial_registers = set_registers,
};

void process_open(struct process *p)
{
	static const Dwfl_Callbacks files = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};
	p->dwfl = dwfl_begin(&files);
	if (!p->dwfl || dwfl_linux_proc_report(p->dwfl, p->pid) != 0
	    || dwfl_report_end(p->dwfl, NULL, NULL) != 0)
		fail("the process's modules");
	dwfl_getmodules(p->dwfl, take_program, p, 0);
	if (!p->program || !dwfl_module_getelf(p->program, &p->bias))
		fail("the program's file");
	if (!dwfl_attach_state(p->dwfl, NULL, p->pid, &threads, p))
		fail("dwfl_attach_state");
	find_places(p);
	find_thread_stack(p);
}

void process_close(struct process *p)
{
	dwfl_end(p->dwfl);
}

/*
 * Walking
 */

static int add_frame(Dwfl_Frame *state, void *arg)
{
	struct walk *walk = arg;
	struct frame *frame = &walk->frame[walk->n];
	Dwarf_Addr pc;
	if (walk->n == MAX_FRAMES) {
		walk->error = "it has no end";
		return DWARF_CB_ABORT;
	}
	if (!dwfl_frame_pc(state, &pc, &frame->activation)) {
		walk->error = dwfl_errmsg(-1);
		return DWARF_CB_ABORT;
	}
	frame->pc = pc;
	walk->n++;
	return DWARF_CB_OK;
}

void process_walk(struct process *p, struct walk *walk)
{
	walk->n = 0;
	walk->error = NULL;
	int end = dwfl_getthread_frames(p->dwfl, p->pid, add_frame, walk);
	if (end != 0 && !walk->error)
		walk->error = dwfl_errmsg(-1);
}
