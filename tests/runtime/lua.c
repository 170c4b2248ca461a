/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lua.c - Debian's Lua, a shared library without stack checks, on goroutines:
 * its interpreter calls C functions of ours, which grow, wait, call the
 * interpreter again, and throw its errors through all of that.
 */
#include "together.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#define NOINLINE __attribute__((noinline))

enum { Interpreters = 4, Nested = 20 };

static NOINLINE int deep(int n)
{
	volatile char room[200];
	room[0] = room[199] = 1;
	return n ? deep(n - 1) + room[0] : 0;
}

/* grow(n): n, after as many frames. */
static int grow(lua_State *l)
{
	lua_pushinteger(l, deep((int)luaL_checkinteger(l, 1)));
	return 1;
}

/* rest(): others run, on other threads too. */
static int rest_here(lua_State *l)
{
	(void)l;
	seam_sleep(20 * SEAM_US);
	return 0;
}

/* Calls the function on top, through N frames of ours. */
static NOINLINE int through(lua_State *l, int n)
{
	volatile char room[300];
	room[0] = 1;
	if (n)
		return through(l, n - 1) + room[0] - 1;
	lua_call(l, lua_gettop(l) - 1, 1);
	return room[0];
}

/* call(f, ...): f(...), below frames of ours. */
static int call(lua_State *l)
{
	return through(l, 30);
}

/* An error, from below N frames; fails(n). */
static NOINLINE int throw_from(lua_State *l, int n)
{
	volatile char room[300];
	room[0] = 1;
	if (n)
		return throw_from(l, n - 1) + room[0];
	lua_pushliteral(l, "from below");
	return lua_error(l);
}

static int fails(lua_State *l)
{
	return throw_from(l, (int)luaL_checkinteger(l, 1));
}

static const char script[] =
	"local nested = ...\n"
	/* The interpreter and C by turns, at any depth of a segment. */
	"local function turns(n)\n"
	"  if n == 0 then rest() return grow(200) end\n"
	"  return call(turns, n - 1) + 1\n"
	"end\n"
	"for n = 0, nested do assert(turns(n) == n + 200) end\n"
	/* Errors, thrown over the frames of both, and caught in each. */
	"local function falls(n)\n"
	"  if n == 0 then fails(40) end\n"
	"  call(falls, n - 1)\n"
	"end\n"
	"for n = 0, nested do\n"
	"  local good, what = pcall(falls, n)\n"
	"  assert(not good and what == 'from below')\n"
	"  good, what = pcall(call, pcall, falls, n)\n"
	"  assert(good and what == false)\n"
	"end\n"
	/* Called from the libraries, from coroutines, and when closed. */
	"local t = {}\n"
	"for i = 1, 50 do t[i] = i * 7 % 50 end\n"
	"table.sort(t, function(a, b) return grow(a) < call(grow, b) end)\n"
	"for i = 1, 50 do assert(t[i] == i - 1) end\n"
	"local s = ('ab'):rep(50):gsub('a', function() return grow(7) end)\n"
	"assert(s == ('7b'):rep(50))\n"
	"local co = coroutine.wrap(function()\n"
	"  for i = 1, 50 do call(rest) coroutine.yield(call(grow, i)) end\n"
	"end)\n"
	"for i = 1, 50 do assert(co() == i) end\n"
	"closed = setmetatable({}, { __gc = function() call(grow, 100) end })\n"
	"return 'right'\n";

static void interpret(void *arg)
{
	static const luaL_Reg ours[] = {
		{ "grow", grow },   { "rest", rest_here }, { "call", call },
		{ "fails", fails }, { NULL, NULL },
	};
	lua_State *l = luaL_newstate();
	(void)arg;
	luaL_openlibs(l);
	lua_pushglobaltable(l);
	luaL_setfuncs(l, ours, 0);
	CHECK(luaL_loadstring(l, script) == LUA_OK);
	lua_pushinteger(l, Nested);
	if (lua_pcall(l, 1, 1, 0) != LUA_OK)
		fprintf(stderr, "%s\n", lua_tostring(l, -1));
	CHECK(strcmp(lua_tostring(l, -1), "right") == 0);
	lua_close(l);
}

static void interpreters(void *arg)
{
	(void)arg;
	for (int i = 0; i < Interpreters; i++)
		start(interpret, NULL);
	join();
}

static void test_interpreters(void **state)
{
	(void)state;
	ends_well(interpreters);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interpreters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
