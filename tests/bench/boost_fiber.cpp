/* SPDX-License-Identifier: BSD-2-Clause */
/* boost_fiber.cpp - Boost.Fiber on one thread: what peer.go does. */
#include "bench.h"

#include <boost/fiber/all.hpp>

namespace fib = boost::fibers;

enum { Batch = 1000, Rivals = 8, HoldEvery = 16, SmallStack = 8192 };

static void yield_once()
{
	boost::this_fiber::yield();
}

static double spawn(int64_t n)
{
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++) {
		fib::fiber([] {}).detach();
		yield_once();
	}
	return nanoseconds() - start;
}

static int64_t ended;

static double spawn1000(int64_t n)
{
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i += Batch) {
		ended = 0;
		for (int j = 0; j < Batch; j++)
			fib::fiber([] { ended++; }).detach();
		while (ended < Batch)
			yield_once();
	}
	return nanoseconds() - start;
}

static double yield(int64_t n)
{
	auto yields = [n] {
		for (int64_t i = 0; i < n; i++)
			yield_once();
	};
	fib::fiber other(yields);
	double start = nanoseconds();
	yields();
	other.join();
	return nanoseconds() - start;
}

template <class Channel>
static double rally(int64_t n, Channel &there, Channel &back)
{
	fib::fiber other([&] {
		for (int64_t i = 0; i < n; i++)
			back.push(there.value_pop());
	});
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++) {
		there.push(i);
		back.value_pop();
	}
	double took = nanoseconds() - start;
	other.join();
	return took;
}

static double pingpong(int64_t n)
{
	fib::unbuffered_channel<int64_t> there, back;
	return rally(n, there, back);
}

/* Its smallest buffer: 2 slots, of which one is always empty. */
static double buffered(int64_t n)
{
	fib::buffered_channel<int64_t> there(2), back(2);
	return rally(n, there, back);
}

static double stream(int64_t n)
{
	fib::buffered_channel<int64_t> there(64);
	fib::fiber other([&] {
		for (int64_t i = 0; i < n; i++)
			there.push(i);
	});
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		there.value_pop();
	double took = nanoseconds() - start;
	other.join();
	return took;
}

static int64_t counter;

static double mutex_alone(int64_t n)
{
	fib::mutex mutex;
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++) {
		mutex.lock();
		counter++;
		mutex.unlock();
	}
	return nanoseconds() - start;
}

static double mutex_contended(int64_t n)
{
	fib::mutex mutex;
	std::vector<fib::fiber> rivals;
	double start = nanoseconds();
	for (int r = 0; r < Rivals; r++)
		rivals.emplace_back([&] {
			for (int64_t i = 0; i < n / Rivals; i++) {
				mutex.lock();
				counter++;
				if (i % HoldEvery == 0)
					yield_once();
				mutex.unlock();
			}
		});
	for (auto &rival : rivals)
		rival.join();
	return nanoseconds() - start;
}

/* They never end, nor does the process by the usual way. */
static double parked100k()
{
	int64_t n = 100000, parked = 0;
	auto &gate = *new fib::unbuffered_channel<int>;
	double before = resident();
	for (int64_t i = 0; i < n; i++)
		fib::fiber(std::allocator_arg, fib::fixedsize_stack(SmallStack),
			   [&] {
				   parked++;
				   gate.value_pop();
			   })
			.detach();
	while (parked < n)
		yield_once();
	return (resident() - before) / n;
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "spawn", spawn, NULL },
		{ "spawn1000", spawn1000, NULL },
		{ "yield", yield, NULL },
		{ "pingpong", pingpong, NULL },
		{ "buffered", buffered, NULL },
		{ "stream", stream, NULL },
		{ "mutex", mutex_alone, NULL },
		{ "contended", mutex_contended, NULL },
		{ "parked100k", NULL, parked100k },
		{ NULL, NULL, NULL },
	};
	printf("%.4f\n", answer(chosen(table, argc, argv)));
	fflush(stdout);
	_Exit(0);
}
