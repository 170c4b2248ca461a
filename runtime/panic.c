/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panic.c - the ends that the runtime puts to a process itself. Each says
 * what it knows on standard error, then dies.
 */
#include "foreign.h"
#include "trace.h"

bool claimwords(void)
{
	static int32_t speaker;
	int32_t nobody = 0, me = osprocid();
	return __atomic_compare_exchange_n(&speaker, &nobody, me, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
	       || nobody == me;
}

void lastwords(void)
{
	while (!claimwords())
		osnap(SEAM_S / 2);
	clockread();
}

NOSPLIT void die(void)
{
	forgetnames();
	if (envhas("SEAM_TRACEBACK", "crash"))
		osabort();
	osexit(2);
}

static NOSPLIT void *throwcall(void *reason)
{
	G *gp = getg();
	lastwords();
	print("seam: fatal: %s\n", (const char *)reason);
	if (gp && gp->status != Gdead) {
		printgoroutine(gp);
		print(":\n");
		tracebackof(gp);
	}
	die();
}

void throw(const char *reason)
{
	systemstack(throwcall, (void *)(uintptr_t)reason);
	__builtin_unreachable();
}

void stackoverflow(G *gp, uint64_t n)
{
	lastwords();
	print("seam: ");
	printgoroutine(gp);
	print(": stack overflow:\n%u bytes in use, %u more wanted, limit %u "
	      "(seam_setmaxstack)\n",
	      gp->stacksize, n, maxstacksize);
	tracebackhere();
	die();
}

void deadlock(void)
{
	lastwords();
	print("seam: all goroutines are asleep: deadlock\n");
	dumpgoroutines();
	printthreads();
	die();
}
