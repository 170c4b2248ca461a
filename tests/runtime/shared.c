/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shared.c - goroutines call a shared library (sharedlib.c) at each depth of
 * their stacks. shared.sh builds and runs it.
 *
 *	shared		the library is linked
 *	shared FILE	it is opened anew at each depth, and bound as it calls
 */
#include <dlfcn.h>
#include <seam.h>

#include "check.h"
#include "sharedlib.h"

#define NOINLINE __attribute__((noinline))

enum { DEPTHS = 60 };

static const char *file;

static NOINLINE int deep(int n)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	return n ? deep(n - 1) + room[0] : 0;
}

static NOINLINE void calls(const struct lib *l)
{
	CHECK(l->prints());
	CHECK(l->grows());
	CHECK(l->takes_blocks());
	CHECK(l->calls_back(deep, 300));
	CHECK(l->jumps(deep, 300));
	CHECK(l->handles());
}

/* What is called lies on a large stack, its caller on the last of a small. */
static NOINLINE void at_depth(int n, const struct lib *l)
{
	volatile char room[40];
	room[0] = room[39] = 1;
	if (n)
		at_depth(n - 1, l);
	else
		calls(l);
	room[0]++;
}

static void opens(void *depth)
{
	void *handle = dlopen(file, RTLD_LAZY);
	CHECK(handle);
	fprintf(stderr, "opened\n");
	at_depth((int)(intptr_t)depth, dlsym(handle, "lib"));
	CHECK(dlclose(handle) == 0);
}

static void linked(void *depth)
{
#ifdef LINKED
	at_depth((int)(intptr_t)depth, &lib);
#else
	(void)depth;
#endif
}

static void start(void *arg)
{
	(void)arg;
	for (intptr_t i = 0; i < DEPTHS; i++) {
		int64_t id = seam_go(file ? opens : linked, (void *)i);
		CHECK(seam_join(id, SEAM_FOREVER) == 0);
	}
	puts("right");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	file = argc > 1 ? argv[1] : NULL;
	return seam_run(start, NULL);
}
