/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program.cc - program.c's kind of work in C++: containers and strings on
 * stacks that grow, results in a channel.
 */
#include <seam.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

enum { Goroutines = 8, Depth = 1000, Numbers = 64 };

static seam_chan *results;

/* How many numbers were sorted and written right at this depth and below. */
static int dig(int depth)
{
	double room[Numbers];
	std::vector<double> numbers;

	for (int i = 0; i < Numbers; i++)
		room[i] = (i * 37 + depth) % Numbers / 8.0;
	int good = depth ? dig(depth - 1) : 0;
	numbers.assign(room, room + Numbers);
	std::sort(numbers.begin(), numbers.end());
	for (int i = 0; i < Numbers; i++)
		good += std::stod(std::to_string(numbers[i])) == i / 8.0;
	return good;
}

static void worker(void *)
{
	int good = dig(Depth - 1);

	std::printf("numbers right: %.1f%%\n",
		    100.0 * good / (Depth * Numbers));
	seam_send(results, &good, SEAM_FOREVER);
}

static void compute(void *arg)
{
	int good;

	for (int i = 0; i < Goroutines; i++)
		seam_go(worker, nullptr);
	for (int i = 0; i < Goroutines; i++) {
		seam_recv(results, &good, SEAM_FOREVER);
		*static_cast<int *>(arg) += good == Depth * Numbers;
	}
}

int main()
{
	int right = 0;

	results = seam_chan_make(sizeof right, 0);
	if (seam_run(compute, &right) != 0 || right != Goroutines)
		return 1;
	std::puts("right");
	return 0;
}
