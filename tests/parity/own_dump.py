#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The list of a deadlock, which the runtime prints by itself, is what the tools
find in its core: the same goroutines, states and functions, and word for word
what each waits on.
"""
import sys
import tempfile

import fixtures
import gdb_commands
import parity
import seam


def own_dump(dump, target):
    told = parity.parse_stacks(dump)
    yield from parity.compare_goroutines(target, told, inlined=False)
    if not dump.startswith("seam: all goroutines are asleep: deadlock\n"):
        yield "the dump begins with %r" % dump[:60]
    for tool, text in (("seam", seam.output(target, "stacks")),
                       ("gdb", gdb_commands.output(target))):
        if parity.headings(text) != parity.headings(dump):
            yield "headings of the dump %s, of %s %s" % (
                parity.headings(dump), tool, parity.headings(text))


def deadlocks():
    for exe in fixtures.executables("deadlock"):
        with tempfile.TemporaryDirectory() as folder:
            core, dump = fixtures.make_core(exe, folder)
            yield dump, fixtures.Target(exe, fixtures.expected(exe),
                                        core=core)


def main():
    wrong = []
    for dump, target in deadlocks():
        for lines in (own_dump(dump, target), seam.seam(target),
                      gdb_commands.gdb_commands(target)):
            wrong += ["%s: %s" % (target, line) for line in lines]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
