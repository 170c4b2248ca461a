/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.c - for shared.sh: an ordinary program with threads, which knows
 * nothing of us. `host LIBRARY` loads it, uses it, unloads it and prints
 * `right`.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

enum { Threads = 4, Rounds = 5 };

static long (*sum)(int n);

static void *uses(void *arg)
{
	for (int i = 0; i < Rounds; i++)
		if (sum(2000) != 1999000)
			return NULL;
	return arg;
}

static int all_right(void)
{
	pthread_t threads[Threads];
	int good = 0;
	for (int i = 0; i < Threads; i++)
		pthread_create(&threads[i], NULL, uses, &good);
	for (int i = 0; i < Threads; i++) {
		void *result;
		pthread_join(threads[i], &result);
		good += result == &good;
	}
	return good == Threads;
}

int main(int argc, char **argv)
{
	void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
	if (!library) {
		puts(dlerror());
		return 1;
	}
	int (*begin)(void) = (int (*)(void))dlsym(library, "library_begin");
	int (*end)(void) = (int (*)(void))dlsym(library, "library_end");
	sum = (long (*)(int))dlsym(library, "library_sum");

	int good = 0;
	for (int i = 0; i < 3; i++)
		good += begin() == 0 && all_right() && end() == 0;
	dlclose(library);
	puts(good == 3 ? "right" : "wrong");
	return good != 3;
}
