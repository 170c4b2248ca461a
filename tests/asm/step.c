/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.c - steps through a program (paths.c) and walks its stack by CFI at
 * every instruction of asm/, and at the first one after each way out of it.
 *
 *	step PROGRAM {WAY STATUS}...
 *
 * Runs PROGRAM once with each WAY, which has to end with STATUS. At each
 * instruction of asm/ it comes to for the first time it also sends SIGUSR1,
 * and steps through the handler. Exit status: 0 all stacks were as they must
 * be and no instruction was left out; 1 not so; 2 could not tell.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "traps.h"
#include "visited.h"

enum { MAX_WRONG = 5 }; /* stacks to print */

struct run {
	struct process process;
	struct history history;
	struct scene scene;  /* the last */
	uint64_t handler_sp; /* if in_handler: where it was interrupted */
	long walks;
	int wrong;
};

static pid_t start(const char *program, const char *way)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	execl(program, program, way, (char *)NULL);
	_exit(127);
}

/* Let the process go on until its next stop; its wait status. */
static int resume(struct run *run, enum __ptrace_request how, int sig)
{
	int status;
	pid_t pid = run->process.pid;
	if (ptrace(how, pid, NULL, (void *)(intptr_t)sig) != 0
	    || waitpid(pid, &status, 0) != pid)
		fail("ptrace");
	return status;
}

/* Up to the SIGSTOP that the program sends to itself. */
static void go_to_marker(struct run *run)
{
	int status;
	if (waitpid(run->process.pid, &status, 0) != run->process.pid)
		fail("waitpid");
	while (WIFSTOPPED(status) && WSTOPSIG(status) != SIGSTOP)
		status = resume(run, PTRACE_CONT, 0);
	if (!WIFSTOPPED(status)) {
		fprintf(stderr, "step: the program has ended too early\n");
		exit(2);
	}
}

static void look(struct run *run)
{
	struct scene *s = &run->scene;
	if (run->process.regs.rsp == run->handler_sp)
		run->history.in_handler = false;
	s->process = &run->process;
	s->history = &run->history;
	scene_take(s);
	run->walks++;
	const char *wanted = scene_wrong(s);
	if (wanted && run->wrong++ < MAX_WRONG) {
		printf("wrong chain at %#llx %s: it must be %s\n",
		       run->process.regs.rip,
		       process_place(&run->process, run->process.regs.rip),
		       wanted);
		scene_print(s);
	}
	if (!run->history.in_handler)
		run->history.interrupted = s->walk;
}

/* At an instruction of asm/: the signal to go on with. */
static int signal_for(struct run *run)
{
	struct process *p = &run->process;
	if (!visit(p, p->regs.rip) || run->history.in_handler)
		return 0;
	run->history.in_handler = true;
	run->handler_sp = p->regs.rsp;
	return SIGUSR1;
}

static void get_registers(struct process *p)
{
	if (ptrace(PTRACE_GETREGS, p->pid, NULL, &p->regs) != 0)
		fail("PTRACE_GETREGS");
}

/* Let it run until it enters asm/. Return the wait status, SIGTRAP's there. */
static int run_to_asm(struct run *run)
{
	traps_set(&run->process);
	int status = resume(run, PTRACE_CONT, 0);
	if (!WIFSTOPPED(status))
		return status;
	traps_clear(&run->process);
	get_registers(&run->process);
	if (WSTOPSIG(status) == SIGTRAP && !traps_hit(&run->process)) {
		fprintf(stderr, "step: a trap outside of asm/\n");
		exit(2);
	}
	return status;
}

/* Step on. */
static int step(struct run *run, int sig)
{
	int status = resume(run, PTRACE_SINGLESTEP, sig);
	if (WIFSTOPPED(status))
		get_registers(&run->process);
	return status;
}

/* Through all that the program does, up to a stop of its own or its end. */
static int step_through(struct run *run)
{
	int status = run_to_asm(run);
	while (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP
	       && run->wrong <= MAX_WRONG) {
		look(run);
		if (in_asm(&run->process, run->process.regs.rip))
			status = step(run, signal_for(run));
		else
			status = run_to_asm(run);
	}
	return status;
}

/* The goroutines of whose stacks the runtime told, or had to. */
static bool all_told(struct run *run)
{
	const struct shadows *shadows = &run->scene.shadows;
	for (int id = 1; id <= MAX_GOID; id++)
		if (shadows->told && shadows->goroutine[id].depth
		    && !(run->history.told & 1u << id)) {
			printf("wrong chain: goroutine %d's, as told from g0\n",
			       id);
			return false;
		}
	return true;
}

/* Let it go on to its end, behind the second marker if any; is that STATUS? */
static bool ends_with(struct run *run, int stopped, int status)
{
	while (WIFSTOPPED(stopped)) {
		int sig = WSTOPSIG(stopped);
		stopped = resume(run, PTRACE_CONT, sig == SIGSTOP ? 0 : sig);
	}
	if (WIFEXITED(stopped) && WEXITSTATUS(stopped) == status)
		return true;
	printf("the program ended with wait status %#x\n", stopped);
	return false;
}

/* Whether all was well on this WAY. RUN's process is left open. */
static bool go(struct run *run, const char *program, const char *way,
	       int status)
{
	run->process.pid = start(program, way);
	visited_new_run();
	go_to_marker(run);
	process_open(&run->process);
	int stopped = step_through(run);
	printf("%s %s: %ld stacks, %d wrong\n", program, way, run->walks,
	       run->wrong);
	if (run->wrong) {
		kill(run->process.pid, SIGKILL);
		waitpid(run->process.pid, &stopped, 0);
		return false;
	}
	return all_told(run) && ends_with(run, stopped, status);
}

int main(int argc, char **argv)
{
	bool well = true;
	if (argc < 4 || argc % 2 != 0) {
		fprintf(stderr, "usage: step PROGRAM {WAY STATUS}...\n");
		return 64;
	}
	for (int i = 2; well && i < argc; i += 2) {
		static struct run run;
		run = (struct run){ .walks = 0 };
		well = go(&run, argv[1], argv[i], atoi(argv[i + 1]));
		if (well && i + 2 == argc)
			well = visited_report(&run.process, argv[1]) == 0;
		process_close(&run.process);
	}
	return well ? 0 : 1;
}
