#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
gdb's goroutine commands, which it loads from the program by itself, tell each
goroutine's state, place and whole stack.
"""
import re
import sys

import expect
import fixtures
import parity

HEAD = re.compile(r'Goroutine (\d+)(?: ".*")? \((\w+)(?:, (.*))?\):')
FRAME = re.compile(r"#\d+ +(?:0x[0-9a-f]+ in )?([^ (]+) \(")


def goroutines(target, text):
    found = []
    for line in text.splitlines():
        head, frame = HEAD.match(line), FRAME.match(line)
        if head:
            goid, state, reason = head.groups()
            found.append(expect.Goroutine(
                int(goid), state, parity.waiting_reason(state, reason), []))
        elif frame and found:
            found[-1].chain.append(frame.group(1))
    for goroutine in found:
        goroutine.chain = parity.marked(target, goroutine.chain)
    return found


def gdb_commands(target):
    where = [target.core] if target.core else ["-p", target.pid]
    text = parity.output(
        ["gdb", "-nx", "-batch", "-iex", "set width 0",
         "-iex", "set auto-load safe-path %s" % fixtures.SRC,
         "-ex", "info goroutines", "-ex", "goroutine apply all bt",
         target.exe, *where])
    if "Backtrace stopped" in text:
        yield "gdb: Backtrace stopped"
    table, head, stacks = text.partition("\nGoroutine ")
    yield from parity.compare_list(target, table)
    yield from parity.compare_goroutines(
        target, goroutines(target, head + stacks))


if __name__ == "__main__":
    sys.exit(parity.main(gdb_commands))
