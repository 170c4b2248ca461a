/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signal.c - signals that mean the end: say which goroutine, then die by the
 * default action at the faulting instruction, so that a core shows its frame.
 */
#include "trace.h"

#include <signal.h>
#include <sys/auxv.h>
#include <ucontext.h>

/*
 * On top of what the kernel pushes: libc's printing in a user's handler; or
 * the unwinder, and what the kernel pushes for a fault of its own.
 */
enum { SigStackRoom = 48 * 1024 };

static const struct Fatal {
	int sig;
	const char *name;
} fatals[] = {
	{ SIGSEGV, "SIGSEGV" },
	{ SIGBUS, "SIGBUS" },
	{ SIGFPE, "SIGFPE" },
	{ SIGILL, "SIGILL" },
};

static const char *signame(int sig)
{
	for (size_t i = 0; i < nelem(fatals); i++)
		if (fatals[i].sig == sig)
			return fatals[i].name;
	return "signal";
}

static void printwhere(G *gp)
{
	if (gp)
		printgoroutine(gp);
	else
		print("a thread without goroutines");
}

static void tellfault(int sig, siginfo_t *si, ucontext_t *uc)
{
	static bool told;
	lastwords();
	if (told)
		return; /* a fault of our own while we told of the first */
	told = true;
	G *gp = getg();
	uintptr_t pc = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
	uintptr_t sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
	print("seam: ");
	printwhere(gp);
	print(": %s at address %x, pc %x\n", signame(sig),
	      (uint64_t)(uintptr_t)si->si_addr, pc);
	if (gp) {
		tracebackfault();
		printunchecked(gp, pc, sp);
	}
	forgetnames();
}

static NOSPLIT void fatal(int sig, void *info, void *context)
{
	siginfo_t *si = info;
	setguard(0); /* we stand on the signal stack, for good */
	tracefault();
	tellfault(sig, si, context);
	osdefault(sig);
	if (si->si_code <= 0) /* sent, not caused by the instruction */
		osraise(sig);
}

void siginit(void)
{
	for (size_t i = 0; i < nelem(fatals); i++)
		ossignal(fatals[i].sig, fatal);
}

bool sigstackinit(M *mp)
{
	uint64_t n = getauxval(AT_MINSIGSTKSZ) + SigStackRoom;
	mp->sigstack = (uintptr_t)osalloc(n);
	mp->sigend = mp->sigstack + n;
	return mp->sigstack;
}

void sigaltinit(M *mp)
{
	osaltstack((void *)mp->sigstack, mp->sigend - mp->sigstack);
}
