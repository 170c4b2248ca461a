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


class Symbols:
    """The functions of an executable that have a size."""

    def __init__(self, exe):
        text = subprocess.run(
            ["nm", "-S", "--defined-only", str(exe)], check=True,
            stdout=subprocess.PIPE, universal_newlines=True).stdout
        found = [line.split() for line in text.splitlines()]
        self.functions = [
            (int(line[0], 16), int(line[1], 16), line[3])
            for line in found if len(line) == 4 and line[2] in "tTwW"]

    def address(self, name):
        return next(a for a, _, n in self.functions if n == name)

    def name(self, pc):
        for address, size, name in self.functions:
            if address <= pc < address + size:
                return name
        return "libc"


def run_self(exe):
    done = subprocess.run([str(exe), "self"], stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, universal_newlines=True,
                          timeout=fixtures.END_TIMEOUT, check=True)
    return done.stdout.splitlines()


def libgcc(target):
    start, *pcs, end = run_self(target.exe)
    symbols = Symbols(target.exe)
    bias = int(start.split()[1], 16) - symbols.address("start")
    frames = [symbols.name(int(pc, 16) - bias) for pc in pcs]
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
