/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * outside.c - calls that may take long, on g0, while another M runs the other
 * goroutines. The caller stays Grunning: its stack is under the call's, and
 * whoever looks finds both by the thread's registers.
 */
#include "park.h"

/* What goes on outside, and what came of it. */
typedef struct Outside {
	void *(*fn)(void *);
	void *arg;
	void *result;
} Outside;

static NOSPLIT void *outsidecall(void *arg)
{
	Outside *o = arg;
	M *mp = getm();
	enterblocking(mp);
	o->result = o->fn(o->arg);
	leaveblocking(mp);
	return NULL;
}

/* GP, back from outside, goes on where it may. */
static NOSPLIT void backm(G *gp)
{
	gp->schedlink = NULL;
	readyshared(gp);
	schedule();
}

void *outside(void *(*fn)(void *), void *arg)
{
	Outside o = { .fn = fn, .arg = arg };
	if (!getm())
		return fn(arg);
	systemstack(outsidecall, &o);
	if (!getm()->active)
		leave(backm);
	return o.result;
}

void *seam_blocking(void *(*fn)(void *), void *arg)
{
	if (fn)
		return outside(fn, arg);
	seterr(EINVAL);
	return NULL;
}
