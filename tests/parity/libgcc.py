#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
libgcc's _Unwind_Backtrace, called from within, crosses every seam and ends
at the goroutine's entry.
"""
import subprocess
import sys

import fixtures
import parity
import symbols


def run_self(exe):
    done = subprocess.run([str(exe), "self"], stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, universal_newlines=True,
                          timeout=fixtures.END_TIMEOUT, check=True)
    return done.stdout.splitlines()


def libgcc(target):
    start, *pcs, end = run_self(target.exe)
    table = symbols.Symbols(target.exe)
    bias = int(start.split()[1], 16) - table.address("start")
    frames = [table.name(int(pc, 16) - bias) for pc in pcs]
    if end != "end 1":
        yield "the walk ended with '%s'" % end
    target = fixtures.Target(target.exe, target.running()[:1])
    yield from parity.compare_threads(target, [frames], inlined=False)


def targets():
    for name in fixtures.NAMES:
        for exe in fixtures.executables(name):
            yield fixtures.Target(exe, fixtures.expected(exe))


if __name__ == "__main__":
    sys.exit(parity.main(libgcc, targets()))
