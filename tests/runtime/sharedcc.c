/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sharedcc.c - a C program whose goroutines handle the exceptions of a C++
 * library (sharedlib.cc), linked or opened: see shared.sh.
 */
#include <dlfcn.h>
#include <seam.h>

#include "check.h"

enum { MANY = 20 };

#ifdef LINKED
int handles(int id);
#else
static int (*handles)(int id);
#endif

static void handler(void *id)
{
	CHECK(handles((int)(intptr_t)id));
}

static void start(void *arg)
{
	int64_t ids[MANY];
	(void)arg;
#ifndef LINKED
	void *handle = dlopen("./libit.so", RTLD_LAZY);
	CHECK(handle);
	handles = (int (*)(int))dlsym(handle, "handles");
#endif
	for (int i = 0; i < MANY; i++)
		ids[i] = seam_go(handler, (void *)(intptr_t)i);
	for (int i = 0; i < MANY; i++)
		CHECK(seam_join(ids[i], SEAM_FOREVER) == 0);
	puts("right");
	fflush(stdout);
}

int main(void)
{
	return seam_run(start, NULL);
}
