-- SPDX-License-Identifier: BSD-2-Clause
-- mix.lua - what Lua programs do: calls, strings, tables, sorting, closures.

local function fib(n)
	if n < 2 then return n end
	return fib(n - 1) + fib(n - 2)
end

local function strings(n)
	local words = {}
	for i = 1, n do
		words[#words + 1] = ("%d:%s"):format(i, ("x"):rep(i % 20))
	end
	local text = table.concat(words, " ")
	local count = 0
	for word in text:gmatch("%d+:x*") do
		count = count + #word
	end
	local swapped = text:gsub("(%d+):(x*)", "%2-%1")
	return count, swapped:upper():find("X%-" .. n)
end

local function tables(n)
	local t = {}
	for i = 1, n do
		t["key" .. i % 1000] = (t["key" .. i % 1000] or 0) + i
	end
	local sum = 0
	for _, v in pairs(t) do
		sum = sum + v
	end
	return sum
end

local function sorted(n)
	local t, seed = {}, 42
	for i = 1, n do
		seed = (seed * 1103515245 + 12345) % 2147483648
		t[i] = seed
	end
	table.sort(t)
	table.sort(t, function(a, b) return a > b end)
	return t[1] >= t[n]
end

local function closures(n)
	local function counter()
		local c = 0
		return function(by)
			c = c + by
			return c
		end
	end
	local last
	for i = 1, n do
		local f = counter()
		f(i)
		last = f(1)
	end
	return last
end

local function tree(depth)
	if depth == 0 then return {} end
	return { tree(depth - 1), tree(depth - 1) }
end

assert(fib(23) == 28657)
for _ = 1, 5 do
	assert(strings(5000) > 0)
	assert(tables(50000) > 0)
	assert(sorted(15000))
	assert(closures(50000) == 50001)
	assert(#tree(13) == 2)
end
