#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
seam and gdb outside the pid namespace that the program is in: they tell the
same as inside of it, live and from a core that gdb makes there; and where they
cannot know which thread runs a goroutine, they say so and show no frames.
"""
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

import damage
import fixtures
import gdb_commands
import parity
import seam

# As root, and where only the root of a namespace of its own may.
UNSHARE = (["unshare", "--pid", "--fork", "--kill-child"],
           ["unshare", "--user", "--map-root-user", "--pid", "--fork",
            "--kill-child"])
SKIPPED = 77
UNKNOWN = ("it runs, and which thread it runs on is not known: "
           "the program's own number for that is 1")


def unshare():
    """The command that begins a pid namespace; why not, where none may."""
    for argv in UNSHARE:
        done = subprocess.run(argv + ["true"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, check=False,
                              universal_newlines=True)
        if done.returncode == 0:
            return argv, None
    return None, done.stderr.strip()


@contextlib.contextmanager
def inside(argv, exe):
    """EXE, live, in a pid namespace of its own; the first process in there is
    a shell, so that the numbers of EXE's threads are others than outside."""
    process = subprocess.Popen(
        argv + ["sh", "-c", '"$0" live; exit $?', str(exe)],
        stdout=subprocess.PIPE)
    try:
        if process.stdout.readline() != b"ready\n":
            raise AssertionError("%s is not ready in a namespace" % exe.name)
        yield fixtures.Target(exe, fixtures.expected(exe),
                              pid=pid_of(exe, process.pid))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def pid_of(exe, ancestor):
    """The process below ANCESTOR that is EXE, by its number out here."""
    todo = [ancestor]
    while todo:
        pid = todo.pop()
        with contextlib.suppress(OSError):
            if os.readlink("/proc/%d/exe" % pid) == str(exe.resolve()):
                return pid
        children = pathlib.Path("/proc/%d/task/%d/children" % (pid, pid))
        todo += map(int, children.read_text().split())
    raise AssertionError("there is no %s" % exe.name)


def core_of(target, folder):
    """What gdb makes of it from out here."""
    core = pathlib.Path(folder, "core")
    run_gdb(str(target.exe), "-p", str(target.pid), "-ex",
            "generate-core-file %s" % core)
    return fixtures.Target(target.exe, target.expected, pid=target.pid,
                           core=core)


def run_gdb(*argv):
    subprocess.run(["gdb", "-nx", "-batch", "-iex", "set auto-load off", *argv],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)


def told(target):
    for tool in seam.seam, gdb_commands.gdb_commands:
        for line in tool(target):
            yield "%s: %s" % (tool.__name__, line)


def unknown_thread(folder):
    """What is wrong with what is told of a goroutine in newstack(), which is
    not on its own stack, of a thread whose number is wrong."""
    exe = fixtures.executables("grown")[0]
    sound = pathlib.Path(folder, "newstack")
    run_gdb("-ex", "break newstack", "-ex", "run", "-ex",
            "generate-core-file %s" % sound, "-ex", "kill", "--args", str(exe),
            "self")
    core = damage.Core(exe, sound, pathlib.Path(folder, "damaged"))
    core.write("allm->procid", "1")
    target = fixtures.Target(exe, [], core=core.path)
    for text in (seam.output(target, "stacks"), seam.output(target, "list"),
                 gdb_commands.output(target)):
        if UNKNOWN not in text:
            yield "newstack: does not say what is not known:\n" + text
        if "visit" in text or "walk " in text:
            yield "newstack: has frames:\n" + text


def wrong(argv, folder):
    for name in "grown", "threads":
        exe = fixtures.executables(name)[0]
        with inside(argv, exe) as target:
            yield from told(target)
            core = core_of(target, folder)
        yield from told(core)
        os.unlink(core.core)
    yield from unknown_thread(folder)


def main():
    argv, why = unshare()
    if argv is None:
        print("no pid namespace can be made here: %s" % why)
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        lines = list(wrong(argv, folder))
    print("\n".join(lines) or "all as inside")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
