#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""elfutils' eu-stack crosses every seam of a running goroutine."""
import re
import sys

import parity

FRAME = re.compile(r"#\d+ +0x[0-9a-f]+(?: - \d+)? (\S+)")


def stacks(text):
    threads = []
    for line in text.splitlines():
        frame = FRAME.match(line)
        if line.startswith("TID "):
            threads.append([])
        elif frame:
            threads[-1].append(frame.group(1))
    return threads


def eu_stack(target):
    where = (["--core", target.core, "-e", target.exe] if target.core
             else ["-p", target.pid])
    text = parity.output(["eu-stack", *where])
    return parity.compare_threads(target, stacks(text), inlined=False)


if __name__ == "__main__":
    sys.exit(parity.main(eu_stack))
