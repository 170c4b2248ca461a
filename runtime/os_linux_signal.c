/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * os_linux_signal.c - sigaction and signal, in place of libc's: a handler that
 * is set by them runs on the signal stack that each machine has (SA_ONSTACK).
 * On a goroutine's segment the kernel's frame alone, up to 3 KiB with the
 * vector registers, would go beyond its end. A thread without a signal stack
 * runs its handlers where it always did. And what threads block.
 */
#include "runtime.h"

#include <signal.h>

/* libc's own, by the names that it keeps for itself. */
int __sigaction(int sig, const struct sigaction *act, struct sigaction *old);
sighandler_t __sysv_signal(int sig, sighandler_t fn);

static bool isfunction(sighandler_t fn)
{
	return fn != SIG_DFL && fn != SIG_IGN && fn != SIG_ERR;
}

int sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction ours;
	if (act && isfunction(act->sa_handler)) {
		ours = *act;
		ours.sa_flags |= SA_ONSTACK;
		act = &ours;
	}
	return __sigaction(sig, act, old);
}

static sighandler_t set(int sig, sighandler_t fn, int flags)
{
	struct sigaction old, act = { .sa_handler = fn, .sa_flags = flags };
	if (fn == SIG_ERR) {
		seterr(EINVAL);
		return SIG_ERR;
	}
	if (sigemptyset(&act.sa_mask) < 0 || sigaddset(&act.sa_mask, sig) < 0)
		return SIG_ERR;
	return sigaction(sig, &act, &old) < 0 ? SIG_ERR : old.sa_handler;
}

sighandler_t signal(int sig, sighandler_t fn)
{
	return set(sig, fn, SA_RESTART);
}

/* signal() of a program that asks for System V's. */
sighandler_t __sysv_signal(int sig, sighandler_t fn)
{
	return set(sig, fn, (int)(SA_RESETHAND | SA_NODEFER));
}

sighandler_t sysv_signal(int sig, sighandler_t fn)
	__attribute__((alias("__sysv_signal"), nothrow));

/*
 * Masks
 */

static sigset_t own;
static bool owned;

void osunblock(int sig)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, sig);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void osblock(void *old)
{
	sigset_t all;
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGTRAP);
	sigdelset(&all, SIGABRT);
	sigdelset(&all, SIGPROF);
	pthread_sigmask(SIG_SETMASK, &all, old);
}

void ossigmask(const void *set)
{
	pthread_sigmask(SIG_SETMASK, set, NULL);
}

void osmaskbythis(void)
{
	pthread_sigmask(SIG_SETMASK, NULL, &own);
	owned = true;
}

void osownmask(void)
{
	if (owned)
		ossigmask(&own);
}
