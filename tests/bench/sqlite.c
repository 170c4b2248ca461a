/* SPDX-License-Identifier: BSD-2-Clause */
/* sqlite.c - SQLite's speedtest1, whose main() is built as speedtest1_main. */
#include "whole.h"

#include <stdlib.h>

int speedtest1_main(int argc, char **argv);

void whole_program(void)
{
	char *argv[] = { "speedtest1", "--memdb", "--size", "12", NULL };
	if (speedtest1_main(4, argv) != 0)
		exit(1);
}
