#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
A goroutine caught while its stack grows or shrinks, inside newstack and
oldstack on the thread's own stack: a plain gdb, eu-stack and seam go on from
there into the goroutine.
"""
# timeout: 300
import pathlib
import sys
import tempfile

import eu_stack
import expect
import fixtures
import parity
import plain_gdb

STOPS = 2  # breakpoint hits to look at
SWITCHES = ("newstack", "oldstack", "__morestack")


def under_gdb(exe, function, folder):
    """
    Stop the fixture at its next calls of FUNCTION. Return gdb's backtraces,
    and leave a core of each stop in FOLDER. Growing begins with the program;
    for shrinking it has to get to its stop() and be let on.
    """
    argv = ["gdb", "-nx", "-batch", "-iex", "set auto-load off",
            "-iex", "set width 0",
            # No segment is kept: each return comes by oldstack.
            "-ex", "set environment SEAM_DEBUG poison,stay"]
    if function == "oldstack":
        argv += ["-ex", "tbreak hold", "-ex", "run live",
                 "-ex", "set var waiting = 0", "-ex", "break oldstack"]
    else:
        argv += ["-ex", "break newstack", "-ex", "starti core"]
    for i in range(STOPS):
        core = pathlib.Path(folder, "%s.%d" % (function, i))
        argv += ["-ex", "continue", "-ex", "echo Thread 1\\n", "-ex", "bt",
                 "-ex", "echo end\\n", "-ex", "generate-core-file %s" % core]
    text = parity.output(argv + ["-ex", "kill", exe])
    return plain_gdb.stacks(text)


def user_chain(frames):
    return [name for name in frames if name not in SWITCHES]


def wrong_chain(target, frames):
    """A chain must be the outer part of one that the fixture knows."""
    if frames[-1:] != [expect.ENTRY]:
        return "no %s in %s" % (expect.ENTRY, frames)
    user = user_chain(frames)[:-1]
    for goroutine in target.expected:
        if user and user == expect.called(goroutine.chain)[-len(user):]:
            return None
    return "unknown chain %s" % " < ".join(user)


def compare_core(target, core, chain):
    text = parity.output(["eu-stack", "--core", core, "-e", target.exe])
    if chain not in [user_chain(t)[:-1] for t in eu_stack.stacks(text)]:
        yield "eu-stack: %s" % text
    text = parity.output([fixtures.BUILD / "seam", "stacks", core])
    if chain not in [g.chain for g in parity.parse_stacks(text)]:
        yield "seam: wanted %s in %s" % (" < ".join(chain), text)


def growing(target):
    for function in ("newstack", "oldstack"):
        with tempfile.TemporaryDirectory() as folder:
            stacks = under_gdb(target.exe, function, folder)
            if len(stacks) != STOPS:
                yield "%s: %d stops" % (function, len(stacks))
            for i, frames in enumerate(stacks):
                if frames[:1] != [function]:
                    yield "%s: stopped in %s" % (function, frames[:1])
                wrong = wrong_chain(target, frames)
                if wrong:
                    yield "%s: gdb: %s" % (function, wrong)
                core = pathlib.Path(folder, "%s.%d" % (function, i))
                yield from compare_core(target, core, user_chain(frames)[:-1])


def targets():
    for exe in fixtures.executables("grown"):
        yield fixtures.Target(exe, fixtures.expected(exe))


if __name__ == "__main__":
    sys.exit(parity.main(growing, targets()))
