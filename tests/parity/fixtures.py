# SPDX-License-Identifier: BSD-2-Clause
"""Fixtures brought to the state in which a tool is to look at them."""
import contextlib
import os
import pathlib
import resource
import signal
import subprocess
import tempfile

import expect

SRC = pathlib.Path(os.environ.get(
    "SRC_DIR", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("BUILD_DIR", SRC / "build" / "debug"))

NAMES = ("parked", "grown", "crash", "inlined", "callback", "frames",
         "threads")
# Somebody waits for every kind of object, or for good.
OBJECTS = ("objects", "forgotten", "circle", "crossed")
COMPILERS = ("gcc", "clang")
LINKERS = ("gold", "lld")

END_TIMEOUT = 10  # seconds in which a fixture must stop or end


class Target:
    """A fixture that has stopped: a live process (pid) or a core (core)."""

    def __init__(self, exe, expected, pid=None, core=None):
        self.exe = exe
        self.expected = expected
        self.pid = pid
        self.core = core

    def __str__(self):
        return "%s %s" % (self.exe.name, "core" if self.core else "live")

    def running(self):
        return [g for g in self.expected if g.state == "running"]


def executables(name):
    """The fixture from each compiler and linker."""
    return [BUILD / "fixtures" / "-".join((name, cc, ld))
            for cc in COMPILERS for ld in LINKERS]


def expected(exe):
    name = exe.name.split("-")[0]
    source = SRC / "tests" / "fixtures" / (name + ".c")
    return expect.parse(source.read_text())


@contextlib.contextmanager
def live(exe):
    """
    A process that waits in stop(). When the tools have looked, it must go on
    and end as if nobody had.
    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([str(exe), "live"], stdout=subprocess.PIPE,
                                   stderr=errors)
        try:
            if process.stdout.readline() != b"ready\n":
                raise AssertionError("%s live: is not ready" % exe.name)
            yield Target(exe, expected(exe), pid=process.pid)
            process.send_signal(signal.SIGUSR1)
            status = process.wait(END_TIMEOUT)
            if status != 0:
                raise AssertionError(
                    "%s live: ended with %d afterwards" % (exe.name, status))
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


@contextlib.contextmanager
def dead(exe):
    """A core of the fixture, and what it said on standard error."""
    with tempfile.TemporaryDirectory() as folder:
        core, _ = make_core(exe, folder)
        yield Target(exe, expected(exe), core=core)


def make_core(exe, folder):
    """
    Run a fixture in FOLDER until it dies. Return its core and its standard
    error. Where the kernel writes no core there, gdb makes one.
    """
    env = dict(os.environ, SEAM_TRACEBACK="crash")
    process = subprocess.run(
        [str(exe), "core"], cwd=folder, env=env, preexec_fn=allow_core,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, timeout=END_TIMEOUT,
        universal_newlines=True, check=False)
    if process.returncode >= 0:
        raise AssertionError("%s core: did not die" % exe.name)
    cores = list(pathlib.Path(folder).glob("core*"))
    return (cores[0], process.stderr) if cores else core_by_gdb(
        exe, folder, env)


def allow_core():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def core_by_gdb(exe, folder, env):
    core = pathlib.Path(folder, "core.gdb")
    said = pathlib.Path(folder, "said")
    subprocess.run(
        ["gdb", "-nx", "-batch", "-iex", "set auto-load off",
         "-ex", "run core 2>%s" % said,
         "-ex", "generate-core-file %s" % core, str(exe)],
        cwd=folder, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return core, said.read_text()


def each_target(names=NAMES):
    """Each fixture, live and as a core, from each compiler and linker."""
    for name in names:
        for exe in executables(name):
            for reach in (live, dead):
                with reach(exe) as target:
                    yield target
