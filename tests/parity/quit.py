#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
At SIGQUIT a process lists its goroutines in the words of `seam stacks`: the
same text, but for what debug information alone knows: files, lines, inlined
calls, names within the C library. Then it dies or goes on, as it was told.
"""
import difflib
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import fixtures
import parity
import seam

FIXTURES = ("parked", "grown", "inlined", "frames", "threads", "crash")
TITLE = "seam: SIGQUIT: all goroutines\n\n"
WAITED = re.compile(r", \d[\dhms.u]*\]:$")
NUMBER = re.compile(r"^#\d+ +")


def told(text, target):
    """The lines that both must have: from what the fixture expects on."""
    lines = []
    for block in text.split("\n\n"):
        heading, *frames = block.splitlines()
        goroutine = next(g for g in target.expected
                         if heading.startswith("goroutine %d " % g.goid))
        frames = [re.sub(r" at \S+:\d+", "", NUMBER.sub("#", line))
                  for line in frames if not line.endswith(" (inlined)")]
        innermost = goroutine.chain[0].replace("/entry", " (entry)")
        lines.append(WAITED.sub(", <time>]:", heading))
        lines += frames[frames.index("#" + innermost):]
    return lines


def start(exe, words="", folder=None):
    process = subprocess.Popen(
        [str(exe), "live"], stdin=subprocess.DEVNULL, cwd=folder,
        env=dict(os.environ, SEAM_TRACEBACK=words),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True, preexec_fn=prepare)
    if process.stdout.readline() != "ready\n":
        raise AssertionError("%s is not ready" % exe.name)
    return process


def prepare():
    """A shell may have told us to ignore the signal."""
    fixtures.allow_core()
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


def end(process, status):
    """What it said; it must end with STATUS, killed if it does not."""
    try:
        said = process.communicate(timeout=60)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        said = process.communicate()[1] + "\nit did not end\n"
    if process.returncode != status:
        said += "\nit ended with %d, not %d\n" % (process.returncode, status)
    return said


def alike(target, text, said):
    if not said.startswith(TITLE):
        return ["the dump begins with %r" % said[:60]]
    try:
        return list(difflib.unified_diff(
            told(text, target), told(said[len(TITLE):], target),
            "seam stacks", "dump", lineterm=""))
    except (ValueError, StopIteration):
        return ["not as expected:", text, said]


def dies(exe):
    """The dump beside what seam tells of the same process."""
    process = start(exe)
    target = fixtures.Target(exe, fixtures.expected(exe), pid=process.pid)
    text = seam.output(target, "stacks")
    process.send_signal(signal.SIGQUIT)
    return alike(target, text, end(process, 2))


def aborts(exe):
    """And the core, if the kernel writes one, shows the same; the goroutine
    of the thread that got the signal, the first, where it was then."""
    with tempfile.TemporaryDirectory() as folder:
        process = start(exe, "crash", folder)
        process.send_signal(signal.SIGQUIT)
        said = end(process, -signal.SIGABRT)
        for core in pathlib.Path(folder).glob("core*"):
            target = fixtures.Target(exe, fixtures.expected(exe), core=core)
            head, _, text = seam.output(target, "stacks").partition("\n\n")
            if not head.startswith("signal SIGABRT: thread "):
                return ["the core begins with %r" % head]
            return (alike(target, text, said)
                    + handlers(text.split("\n\n")[0]))
    return [] if said.startswith(TITLE) and "ended" not in said else [said]


def handlers(text):
    """The runtime's handlers, whose own frames seam does not show; the fixtures
    have none."""
    return [text] if "<signal handler called>" in text else []


def mapped_twice(pid):
    """Files that tools would take to be loaded in two places."""
    with open("/proc/%d/maps" % pid, encoding="utf-8") as maps:
        lines = [line.split() for line in maps]
    starts = [line[5] for line in lines
              if len(line) > 5 and line[2] == "00000000"
              and line[5].startswith("/")]
    return ["%s is mapped twice" % path for path in sorted(set(starts))
            if starts.count(path) > 1]


def goes_on(exe):
    """Lists them as often as it is asked to, and all of it goes on."""
    process = start(exe, "continue")
    target = fixtures.Target(exe, fixtures.expected(exe), pid=process.pid)
    wrong = []
    for _ in range(3):
        process.send_signal(signal.SIGQUIT)
        lines = [process.stderr.readline() for _ in range(2)]
        if "".join(lines) != TITLE:
            return ["a dump begins with %s" % lines]
        for _ in target.expected[1:]:
            while not process.stderr.readline().startswith("    created by"):
                if process.poll() is not None:
                    return ["a dump is not whole"]
    limit = time.monotonic() + 60
    while handlers(seam.output(target, "stacks")):
        if time.monotonic() > limit:
            wrong.append("a thread still stands in its handler")
            break
    wrong += mapped_twice(process.pid)
    process.send_signal(signal.SIGUSR1)
    said = end(process, 0)
    return wrong + ([said] if "it ended" in said else [])


def main():
    wrong = []
    for name in FIXTURES:
        for exe in fixtures.executables(name):
            wrong += ["%s: %s" % (exe.name, line) for line in dies(exe)]
    for exe in fixtures.executables("threads"):
        for way in (aborts, goes_on):
            wrong += ["%s: %s" % (exe.name, line) for line in way(exe)]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
