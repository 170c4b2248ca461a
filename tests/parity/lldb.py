#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""lldb crosses every seam of a running goroutine."""
import re
import sys

import parity

FRAME = re.compile(
    r" +\*? *frame #\d+: 0x[0-9a-f]+ [^`]*`(\S+ \[inlined\] )?([\w.@]+)")


def stacks(text):
    threads = []
    for line in text.splitlines():
        frame = FRAME.match(line)
        if re.match(r"[ *] thread #", line):
            threads.append([])
        elif frame and threads:
            inlined, name = frame.groups()
            threads[-1].append(name + ("/inlined" if inlined else ""))
    return threads


def lldb(target):
    where = ["-c", target.core] if target.core else ["-p", target.pid]
    text = parity.output(["lldb", "--no-lldbinit", "--batch", *where,
                          "-o", "thread backtrace all", target.exe])
    return parity.compare_threads(target, stacks(text), inlined=True)


if __name__ == "__main__":
    sys.exit(parity.main(lldb))
