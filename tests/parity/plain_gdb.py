#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 300
"""gdb without our commands crosses every seam of a running goroutine."""
import re
import sys

import parity

FRAME = re.compile(r"#\d+ +(?:0x[0-9a-f]+ in )?([^ (]+) \(")


def stacks(text):
    threads = []
    for line in text.splitlines():
        frame = FRAME.match(line)
        if line.startswith("Thread "):
            threads.append([])
        elif frame and threads:
            threads[-1].append(frame.group(1))
    return threads


def plain_gdb(target):
    where = ([target.core] if target.core else ["-p", target.pid])
    text = parity.output(
        ["gdb", "-nx", "-batch", "-iex", "set auto-load off",
         "-iex", "set width 0", "-ex", "thread apply all bt", target.exe,
         *where])
    if "Backtrace stopped" in text:
        yield "gdb: Backtrace stopped"
    threads = [parity.marked(target, frames) for frames in stacks(text)]
    yield from parity.compare_threads(target, threads, inlined=True)


if __name__ == "__main__":
    sys.exit(parity.main(plain_gdb))
