#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 300
"""
gdb's goroutine commands, which it loads from the program by itself, tell each
goroutine's state, place and whole stack.
"""
import re
import sys

import fixtures
import parity

FRAME = re.compile(r"#\d+ +(?:0x[0-9a-f]+ in )?([^ (]+) \(")


def goroutines(target, text):
    found = []
    for line in text.splitlines():
        head, frame = parity.parse_heading(line), FRAME.match(line)
        if head:
            found.append(head)
        elif frame and found:
            found[-1].chain.append(frame.group(1))
    for goroutine in found:
        goroutine.chain = parity.marked(target, goroutine.chain)
    return found


def output(target):
    """A list of the goroutines, then the stack of each."""
    where = [target.core] if target.core else ["-p", target.pid]
    return parity.output(
        ["gdb", "-nx", "-batch", "-iex", "set width 0",
         "-iex", "set auto-load safe-path %s" % fixtures.SRC,
         "-ex", "info goroutines", "-ex", "goroutine apply all bt",
         target.exe, *where])


def gdb_commands(target):
    text = output(target)
    if "Backtrace stopped" in text:
        yield "gdb: Backtrace stopped"
    table, head, stacks = text.partition("\ngoroutine ")
    yield from parity.compare_list(target, table)
    yield from parity.compare_goroutines(
        target, goroutines(target, head + stacks))


if __name__ == "__main__":
    sys.exit(parity.main(gdb_commands))
