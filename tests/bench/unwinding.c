/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unwinding.c - unwinding alone, of all goroutines of a core:
 *
 *	unwinding ours|libdwfl CORE	prints frames a second of CPU time
 *
 * ours is the inspector's. libdwfl walks from the same registers, and reads
 * memory by way of the same mapped core. Neither names what it finds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "layout/descriptions.h"
#include "layout/layout.h"
#include "model/collect.h"
#include "unwind/unwind.h"

static struct target *target;
static struct program *program;
static struct layout *layout;
static struct snapshot *snapshot;
static size_t frames;

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void must(struct error *e)
{
	if (!e)
		return;
	fprintf(stderr, "%s\n", e->text);
	exit(1);
}

static void open_core(const char *path)
{
	static const struct ids all;
	struct description built_in[DescriptionsBuiltIn];
	struct collection *c;

	must(target_open_core(path, NULL, NULL, &target));
	must(program_open(target, &program));
	descriptions_built_in(built_in);
	must(layout_open(program, built_in, DescriptionsBuiltIn, &layout));
	c = collection_new(target, layout, &all, COLLECT_STACKS);
	must(collect(c));
	snapshot = collect_finish(c);
	collection_free(c);
}

static void unwind_ours(void)
{
	struct unwinder u = { .target = target,
			      .program = program,
			      .layout = layout,
			      .snapshot = snapshot,
			      .extent = UNWIND_ALL };

	unwind_goroutines(&u);
	for (size_t i = 0; i < snapshot->goroutines.n; i++)
		frames += snapshot->goroutines.items[i].frames.n;
}

/* Goroutines as libdwfl's threads, numbered from 1. */

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	size_t next = *thread_arg ? (struct goroutine *)*thread_arg
					    - snapshot->goroutines.items + 1
				  : 0;

	(void)dwfl;
	(void)arg;
	if (next == snapshot->goroutines.n)
		return 0;
	*thread_arg = &snapshot->goroutines.items[next];
	return next + 1;
}

static bool read_word(Dwfl *dwfl, Dwarf_Addr at, Dwarf_Word *ret, void *arg)
{
	(void)dwfl;
	(void)arg;
	return target_read_some(target, addr(at), ret, sizeof(*ret))
	       == sizeof(*ret);
}

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct goroutine *g = arg;
	Dwarf_Word sp = g->sp.v, pc = origin_of(snapshot, g)->pc.v;

	return dwfl_thread_state_registers(thread, DwRsp, 1, &sp)
	       && dwfl_thread_state_registers(thread, DwRip, 1, &pc);
}

static int count_frame(Dwfl_Frame *frame, void *arg)
{
	Dwarf_Addr pc;

	(void)arg;
	frames += dwfl_frame_pc(frame, &pc, NULL);
	return DWARF_CB_OK;
}

static int walk_thread(Dwfl_Thread *thread, void *arg)
{
	dwfl_thread_getframes(thread, count_frame, arg);
	return DWARF_CB_OK;
}

static void unwind_by_libdwfl(void)
{
	static const Dwfl_Thread_Callbacks callbacks = {
		.next_thread = next_thread,
		.memory_read = read_word,
		.set_initial_registers = set_registers,
	};

	if (!dwfl_attach_state(program->dwfl, NULL, 1, &callbacks, NULL)) {
		fprintf(stderr, "dwfl_attach_state: %s\n", dwfl_errmsg(-1));
		exit(1);
	}
	dwfl_getthreads(program->dwfl, walk_thread, NULL);
}

int main(int argc, char **argv)
{
	double began;

	if (argc != 3)
		return 64;
	open_core(argv[2]);
	began = cpu_seconds();
	if (strcmp(argv[1], "ours") == 0)
		unwind_ours();
	else
		unwind_by_libdwfl();
	printf("%.0f\n", frames / (cpu_seconds() - began));
	return 0;
}
