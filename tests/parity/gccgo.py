#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What seam tells of a gccgo program, live and in its core, is what that program's
own runtime tells when it dies: of each parked goroutine the same id, reason,
creator and frames. The runtime stops after 100 frames; seam has all of them,
over every segment. tests/gccgo/parked.go says who does what.
"""
# timeout: 240
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import fixtures

SEAM = fixtures.BUILD / "seam"
PROGRAMS = ("parked", "parked-static")
END_TIMEOUT = 60
DEEP = 20000  # calls of descend, besides the first
RUNTIME_MOST = 100  # frames, some of which the runtime does not print
# What runs on, or is about to, at the end of the program.
RUNNING = ("running", "syscall", "runnable", "idle")
HEAD = re.compile(r"goroutine (\d+) \[([^\]]*)\]:")


def told(text):
    """What the runtime prints, by id: (reason, functions, creator)."""
    found = {}
    for part in text.split("\n\n"):
        lines = part.strip().split("\n")
        head = HEAD.fullmatch(lines[0])
        if not head or int(head.group(1)) == 0:
            continue
        names = [line for line in lines[1:] if line[:1] not in ("\t", "")]
        creator = None
        if names and names[-1].startswith("created by "):
            creator = names.pop()[len("created by "):]
        found[int(head.group(1))] = (head.group(2), names, creator)
    return found


def seen(*where):
    """What seam prints, by id: its record of --json."""
    done = subprocess.run([SEAM, "stacks", "--raw", "--json", *where],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, check=False)
    if done.returncode or done.stderr:
        raise AssertionError("seam stacks %s: status %d, %s"
                             % (where, done.returncode, done.stderr))
    return {g["id"]: g for g in json.loads(done.stdout)["goroutines"]}


def functions(goroutine):
    return [f["function"] for f in goroutine["frames"]]


def printed(names):
    """
    Those of a whole stack that the runtime prints: not what is between its
    first function and the program's own. The goroutine is woken to tell its
    stack, in mcall, whose name in C is another.
    """
    names = ["runtime.mcall" if n == "runtime_mcall" else n for n in names]
    return [n for n in names if "..thunk" not in n]


def compare(goid, own, goroutine):
    """In what they differ, of a goroutine that is parked."""
    reason, names, creator = own
    if (goroutine["state"], goroutine.get("reason")) != ("waiting", reason):
        yield "%d: is %s, %s, not %s" % (goid, goroutine["state"],
                                         goroutine.get("reason"), reason)
    got = printed(functions(goroutine))
    if goid == 1:
        got.pop()  # where each begins, which it leaves out of the first
    whole = len(names) < RUNTIME_MOST - 10
    if (got if whole else got[:len(names)]) != names:
        yield "%d: its stack is %s, not %s" % (goid, got[:120], names)
    by = goroutine["created_by"]["function"]
    # The runtime names what its own creators are inlined into, and of the
    # first goroutine none.
    if goid != 1 and by != creator and not by.startswith("runtime."):
        yield "%d: is created by %s, not %s" % (goid, by, creator)


def whole_stacks(stacks):
    """Over every segment: each is left by a frame of __morestack."""
    deep = 0
    for goid, g in stacks.items():
        names = functions(g)
        if names[-1] != "runtime.kickoff":
            yield "%d: ends in %s" % (goid, names[-1])
        crossings = names.count("__morestack")
        if crossings != g["segment_count"] - 1:
            yield "%d: %d segments, and %d frames that change them" % (
                goid, g["segment_count"], crossings)
        if names.count("main.descend") == DEEP + 1:
            deep += crossings > 100
    if deep != 3:
        yield "%d goroutines are deeper than their first segments" % deep


def states(stacks):
    """Who runs and who is in a system call, deep in their stacks."""
    where = {"running": "main.spin", "syscall": "main.blocked"}
    for state, name in where.items():
        who = [g for g in stacks.values() if g["state"] == state]
        if len(who) != 1 or name not in functions(who[0]):
            yield "%s are %s" % (state, [g["id"] for g in who])


def compare_all(own, stacks):
    yield from whole_stacks(stacks)
    yield from states(stacks)
    parked = {i: o for i, o in own.items() if o[0] not in RUNNING}
    if len(parked) < 11:
        yield "the runtime tells of %s alone" % sorted(parked)
    for goid, one in parked.items():
        if goid in stacks:
            yield from compare(goid, one, stacks[goid])
        else:
            yield "%d: is not there" % goid


def start(exe, folder):
    env = dict(os.environ, GOTRACEBACK="crash")
    process = subprocess.Popen(
        [str(exe)], cwd=folder, env=env, preexec_fn=fixtures.allow_core,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, universal_newlines=True)
    if process.stdout.readline() != "ready\n":
        raise AssertionError("%s: is not ready" % exe.name)
    return process


def end(process):
    """Let the runtime tell of its goroutines, and die."""
    process.send_signal(signal.SIGQUIT)
    return process.communicate(timeout=END_TIMEOUT)[1]


def look(exe, folder):
    process = start(exe, folder)
    core = pathlib.Path(folder, "core.gdb")
    try:
        live = seen("-p", str(process.pid))
        own = told(end(process))
        cores = list(pathlib.Path(folder).glob("core*"))
        if not cores:
            process = start(exe, folder)
            subprocess.run(["gdb", "-nx", "-batch", "-p", str(process.pid),
                            "-ex", "generate-core-file %s" % core],
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=True)
            cores = [core]
        yield from ("live: " + w for w in compare_all(own, live))
        yield from ("core: " + w for w in
                    compare_all(own, seen(str(cores[0]), str(exe))))
    finally:
        process.kill()
        process.communicate()


def main():
    wrong = []
    for name in PROGRAMS:
        with tempfile.TemporaryDirectory() as folder:
            wrong += ["%s: %s" % (name, line)
                      for line in look(fixtures.BUILD / "gccgo" / name,
                                       folder)]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
