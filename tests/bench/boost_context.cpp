/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * boost_context.cpp - Boost.Context: stacks of one size and a switch, without
 * a scheduler: what the others pay on top of it.
 */
#include "split.h"

#include <boost/context/fiber.hpp>
#include <boost/context/fixedsize_stack.hpp>
#include <boost/context/pooled_fixedsize_stack.hpp>
#include <utility>
#include <vector>

namespace ctx = boost::context;

static const size_t SmallStack = 4096, LargeStack = 256 * 1024;

static ctx::pooled_fixedsize_stack &pool()
{
	static ctx::pooled_fixedsize_stack stacks(LargeStack);
	return stacks;
}

static void run_fresh(void (*task)(void))
{
	ctx::fiber f(std::allocator_arg, pool(), [task](ctx::fiber &&back) {
		task();
		return std::move(back);
	});
	f = std::move(f).resume();
}

static void nothing()
{
}

static double spawn(int64_t n)
{
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		run_fresh(nothing);
	return nanoseconds() - start;
}

static double yield(int64_t n)
{
	ctx::fiber f([](ctx::fiber &&back) {
		for (;;)
			back = std::move(back).resume();
		return std::move(back);
	});
	double start = nanoseconds();
	for (int64_t i = 0; i < n; i++)
		f = std::move(f).resume();
	return nanoseconds() - start;
}

static double bytes_a_parked(int64_t n)
{
	/* Never destroyed: it would unwind them one by one. */
	auto &parked = *new std::vector<ctx::fiber>(n);
	double before = resident();
	for (auto &f : parked) {
		f = ctx::fiber(std::allocator_arg,
			       ctx::fixedsize_stack(SmallStack),
			       [](ctx::fiber &&back) {
				       back = std::move(back).resume();
				       return std::move(back);
			       });
		f = std::move(f).resume();
	}
	return (resident() - before) / n;
}

static double parked100k()
{
	return bytes_a_parked(100000);
}

static double parked1m()
{
	return bytes_a_parked(1000000);
}

int main(int argc, char **argv)
{
	static const struct work table[] = {
		{ "spawn", spawn, NULL },
		{ "yield", yield, NULL },
		{ "first", first, NULL },
		{ "warm", warm, NULL },
		{ "parked100k", NULL, parked100k },
		{ "parked1m", NULL, parked1m },
		{ NULL, NULL, NULL },
	};
	printf("%.4f\n", answer(chosen(table, argc, argv)));
	return 0;
}
