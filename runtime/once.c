/* SPDX-License-Identifier: BSD-2-Clause */
/* once.c - a function that runs once, however many goroutines want it. */
#include "waitq.h"

enum { Never, Running, Ran };

static Lock *guardof(seam_once_t *o)
{
	return (Lock *)&o->guard;
}

static void run(seam_once_t *o, void (*fn)(void *), void *arg)
{
	fn(arg);
	lock(guardof(o));
	o->runner = NULL;
	__atomic_store_n(&o->state, Ran, __ATOMIC_RELEASE);
	Waiter *list = takeall(&o->waiters, Done);
	unlock(guardof(o));
	readyall(list);
}

/* Wait for the one who runs it; guarded. */
static void awaitrun(seam_once_t *o)
{
	Waiter w = { .g = NULL };
	enqueue(&o->waiters, &w);
	awaitsurely(guardof(o), &o->waiters, &w, "once", o, SEAM_FOREVER);
}

/* Not yet known to have run. */
static int runorwait(seam_once_t *o, void (*fn)(void *), void *arg)
{
	lock(guardof(o));
	if (o->state == Running && o->runner != self()) {
		awaitrun(o);
		return 0;
	}
	uint32_t state = o->state;
	if (state == Never) {
		o->state = Running;
		o->runner = self();
	}
	unlock(guardof(o));
	if (state == Never)
		run(o, fn, arg);
	return state == Running ? EDEADLK : 0;
}

int seam_once(seam_once_t *o, void (*fn)(void *), void *arg)
{
	if (!self())
		return seterr(EPERM);
	if (!o || !fn)
		return seterr(EINVAL);
	if (__atomic_load_n(&o->state, __ATOMIC_ACQUIRE) == Ran)
		return 0;
	return result(runorwait(o, fn, arg));
}
