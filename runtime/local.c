/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * local.c - values of each goroutine's own, by key. They lie in one block,
 * which a goroutine gets with its first value.
 */
#include "runtime.h"

enum {
	MaxKeys = 32, /* 256 bytes for a goroutine that has a value */
	/* Destructors may leave new values behind; so often they are heard. */
	MaxRounds = 4,
};

static void (*destructors[MaxKeys])(void *);
static int32_t nkeys; /* given, or MaxKeys */

static int32_t takekey(void)
{
	int32_t key = __atomic_load_n(&nkeys, __ATOMIC_RELAXED);
	while (key < MaxKeys
	       && !__atomic_compare_exchange_n(&nkeys, &key, key + 1, true,
					       __ATOMIC_ACQ_REL,
					       __ATOMIC_RELAXED))
		;
	return key;
}

int seam_key_make(void (*destructor)(void *))
{
	int32_t key = takekey();
	if (key == MaxKeys)
		return seterr(EAGAIN);
	destructors[key] = destructor;
	return key;
}

static bool iskey(int key)
{
	return key >= 0 && key < __atomic_load_n(&nkeys, __ATOMIC_ACQUIRE);
}

static void **makelocals(void)
{
	void **locals = gmal(MaxKeys * sizeof(*locals));
	if (locals)
		fillbytes(locals, 0, MaxKeys * sizeof(*locals));
	return locals;
}

void **localsof(G *gp, uint64_t *n)
{
	*n = MaxKeys;
	return gp->locals;
}

int seam_setlocal(int key, void *value)
{
	G *gp = self();
	if (!gp)
		return seterr(EPERM);
	if (!iskey(key))
		return seterr(EINVAL);
	if (!gp->locals && !(gp->locals = makelocals()))
		return seterr(ENOMEM);
	gp->locals[key] = value;
	return 0;
}

void *seam_getlocal(int key)
{
	G *gp = self();
	if (gp && iskey(key))
		return gp->locals ? gp->locals[key] : NULL;
	seterr(gp ? EINVAL : EPERM);
	return NULL;
}

/* Call the destructors of all values that are left; false: none was. */
static bool destroylocals(G *gp)
{
	bool any = false;
	for (int i = 0; i < MaxKeys; i++) {
		void *value = gp->locals[i];
		gp->locals[i] = NULL;
		if (!value || !destructors[i])
			continue;
		destructors[i](value);
		any = true;
	}
	return any;
}

void freelocals(G *gp)
{
	for (int i = 0; i < MaxRounds && destroylocals(gp); i++)
		;
	gmfree(gp->locals);
	gp->locals = NULL;
}
