#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
A stripped program has no symbols and no debug information, but it has call
frame information: every unwinder crosses its seams as well. They print
addresses; the program as it was before gives the names.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import fixtures
import parity
import symbols

ADDRESS = re.compile(r" *\*? *(?:frame )?#(\d+):? +0x([0-9a-f]+)")

TOOLS = {
    "eu-stack": lambda pid: ["eu-stack", "-p", pid],
    "gdb": lambda pid: [
        "gdb", "-nx", "-batch", "-iex", "set auto-load off", "-iex",
        "set print frame-info location-and-address", "-ex", "bt", "-p", pid],
    "lldb": lambda pid: ["lldb", "--no-lldbinit", "--batch", "-p", pid,
                         "-o", "thread backtrace all"],
}


def strip(exe, folder):
    copy = pathlib.Path(folder, exe.name)
    subprocess.run(["strip", "-o", str(copy), str(exe)], check=True)
    return copy


def bias(pid, exe):
    """Where the process has the executable, which is linked at 0."""
    with open("/proc/%d/maps" % pid, encoding="utf-8") as maps:
        return min(int(line.split("-")[0], 16) for line in maps
                   if line.rstrip().endswith(str(exe)))


def names(text, table, base):
    """A list of names a thread; a frame #0 begins the next thread."""
    threads = []
    for line in text.splitlines():
        frame = ADDRESS.match(line)
        if not frame:
            continue
        number, address = int(frame.group(1)), int(frame.group(2), 16)
        if number == 0:
            threads.append([])
        if threads:
            threads[-1].append(table.name(address - base - 1))
    return threads


def stripped(target):
    table = symbols.Symbols(target.exe)
    with tempfile.TemporaryDirectory() as folder:
        copy = strip(target.exe, folder)
        with fixtures.live(copy) as process:
            base = bias(process.pid, copy)
            for tool, command in TOOLS.items():
                text = parity.output(command(process.pid))
                threads = names(text, table, base)
                for line in parity.compare_threads(process, threads,
                                                   inlined=False):
                    yield "%s: %s" % (tool, line)


def targets():
    for exe in fixtures.executables("grown"):
        yield fixtures.Target(exe, fixtures.expected(exe))


if __name__ == "__main__":
    sys.exit(parity.main(stripped, targets()))
