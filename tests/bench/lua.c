/* SPDX-License-Identifier: BSD-2-Clause */
/* lua.c - Lua's interpreter with the script SCRIPT. */
#include "whole.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

void whole_program(void)
{
	lua_State *l = luaL_newstate();
	luaL_openlibs(l);
	if (luaL_dofile(l, SCRIPT)) {
		fprintf(stderr, "%s\n", lua_tostring(l, -1));
		exit(1);
	}
	lua_close(l);
}
