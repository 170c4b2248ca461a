# SPDX-License-Identifier: BSD-2-Clause
"""
The driver of `make bench-gdb`: gdb is asked about crowds of goroutines or
threads, round after round, then a table as bench.py's.

    python3 tests/bench/in_gdb.py [--rows A,B] [--rounds N] SEAM FOLDER

FOLDER has the crowds' programs and is where the cores go. Each number is of a gdb
of its own, and of the commands alone, but for that of the script itself. Exit
status: 0 when the table was printed, 64 usage.
"""
import os
import pathlib
import select
import statistics
import subprocess
import sys
import tempfile
import time

import looking
from gdb_rows import ROWS

TIMEOUT_S = 300
HERE = pathlib.Path(__file__).resolve().parent
SCRIPT = HERE.parents[1] / "gdb-scripts" / "seam-gdb.py"
GO_SCRIPT = pathlib.Path("/usr/lib/go-1.19/src/runtime/runtime-gdb.py")

LIST = "info goroutines"
GROUP = "info goroutines -group"
NO_INSPECTOR = "set seam inspector none"
APPLY = "goroutine apply all bt"
STEPS, STEP_TIMES = 9, 15
STARTS = 21     # what starts take differs by 30 ms from one to the next
PROMPT = b"(gdb) "
QUIT_AFTER_S = 0.2


def main():
    return looking.measure("in_gdb", Asked, ROWS, 5)


class Asked:
    """One measurement each: METHOD(script, n) of the look's work, where
    SCRIPT tells who is asked."""

    def __init__(self, seam, crowds):
        self.crowds = crowds
        self._inspector = "set seam inspector %s" % seam

    def number(self, look):
        ask = getattr(self, "_" + look.work.replace("-", "_"))
        return ask(look.program, look.procs)

    def _list_live(self, who, n):
        """As it is installed: the inspector is there."""
        if who == "gdb":
            return self._of_process(who, n, [], "info threads")
        before = [self._inspector] if who == "seam" else []
        return self._of_process(who, n, before, LIST)

    def _list_core(self, who, n):
        return self._of_core(who, n, [self._inspector], LIST)

    def _lone_live(self, who, n):
        return self._of_process(who, n, [NO_INSPECTOR], LIST)

    def _lone_core(self, who, n):
        return self._of_core(who, n, [NO_INSPECTOR], LIST)

    def _group_live(self, who, n):
        return self._of_process(who, n, [self._inspector], GROUP)

    def _group_core(self, who, n):
        return self._of_core(who, n, [self._inspector], GROUP)

    def _alone_live(self, who, n):
        return self._of_process(who, n, [NO_INSPECTOR], GROUP)

    def _alone_core(self, who, n):
        return self._of_core(who, n, [NO_INSPECTOR], GROUP)

    def _select_live(self, who, n):
        """In a session that has looked at a goroutine."""
        return 1000 * self._of_process(who, n, ["goroutine 2"],
                                       "goroutine %d; bt" % (n // 2))

    def _select_first(self, who, n):
        return 1000 * self._of_process(who, n, [],
                                       "goroutine %d; bt" % (n // 2))

    def _apply_live(self, who, n):
        """As it is installed: the inspector is there."""
        if who == "gdb":
            return self._of_process(who, n, [], "thread apply all bt")
        return self._of_process(who, n, [self._inspector], APPLY)

    def _start(self, who, n):
        """Milliseconds more than without the script, to a breakpoint and over
        a line."""
        program = self.crowds.program("crowd-threads")
        run = ["--args", program, str(n)], ["break main", "run", "next", "kill"]
        return 1000 * statistics.median(
            self._seconds(who, *run) - self._seconds("gdb", *run)
            for _ in range(STARTS))

    def _step(self, who, n):
        """Milliseconds, through functions of the user's."""
        steps = ["clock step"] * STEPS
        times = (["continue"] + steps) * STEP_TIMES
        return 1000 * statistics.median(self._clocked(
            who, ["--args", self.crowds.program("crowd"), str(n)],
            ["break worker", "run"] + times[1:] + ["kill"]))

    def _quit_list(self, who, n):
        return self._quit(n, LIST)

    def _quit_group(self, who, n):
        return self._quit(n, GROUP, self._inspector)

    def _quit_alone(self, who, n):
        return self._quit(n, GROUP, NO_INSPECTOR)

    def _quit_apply(self, who, n):
        return self._quit(n, APPLY, self._inspector)

    def _of_process(self, who, n, before, commands):
        crowd = {"seam": "crowd", "go": "crowd-go", "gdb": "crowd-threads"}
        return self._clocked(
            who, ["-p", str(self.crowds.process(crowd[who], n))],
            [*before, "clock " + commands])[-1]

    def _of_core(self, who, n, before, commands):
        files = [self.crowds.program("crowd"), self.crowds.core("crowd", n)]
        return self._clocked(who, files, [*before, "clock " + commands])[-1]

    def _clocked(self, who, target, commands):
        """The seconds of each "clock"."""
        with tempfile.NamedTemporaryFile(mode="r") as file:
            os.environ["SEAM_CLOCK"] = file.name
            self._gdb(who, target, commands)
            numbers = [float(line) for line in file]
        wanted = sum(c.startswith("clock ") for c in commands)
        if len(numbers) != wanted:
            raise RuntimeError("gdb did not do what was asked")
        return numbers

    def _seconds(self, who, target, commands):
        """Of all of a gdb."""
        began = time.monotonic()
        self._gdb(who, target, commands)
        return time.monotonic() - began

    def _gdb(self, who, target, commands):
        argv = ["gdb", "-batch", *options(who)]
        if who == "go":     # wants to see a program when it is loaded
            commands = ["source %s" % GO_SCRIPT, *commands]
        for command in commands:
            argv += ["-ex", command]
        # The end of a pipe is seen at once; without one, a wait that has a
        # limit looks again after up to 50 ms.
        subprocess.run([*argv, *target], stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                       timeout=TIMEOUT_S, check=False)

    def _quit(self, n, command, *before):
        """Seconds from ^C to the prompt, while COMMAND works."""
        argv = ["gdb", *options("seam")]
        for one in ["set confirm off", *before]:
            argv += ["-ex", one]
        pid = self.crowds.process("crowd", n)
        with Terminal([*argv, "-p", str(pid)]) as terminal:
            terminal.until_prompt()
            terminal.type(command.encode() + b"\n")
            terminal.wait(QUIT_AFTER_S)
            began = time.monotonic()
            terminal.type(b"\x03")
            terminal.until_prompt()
            return time.monotonic() - began


def options(who):
    """gdb's own, for the scripts of WHO."""
    scripts = [HERE / "gdb_clock.py"] + ([SCRIPT] if who == "seam" else [])
    words = ["-nx", "-q", "-iex", "set auto-load off", "-iex",
             "set pagination off"]
    for script in scripts:
        words += ["-iex", "source %s" % script]
    return words


class Terminal:
    """A program on a terminal of its own; it is killed in the end."""

    def __init__(self, argv):
        self._ours, theirs = os.openpty()
        self._process = subprocess.Popen(
            argv, stdin=theirs, stdout=theirs, stderr=theirs,
            preexec_fn=own_terminal, env=dict(os.environ, TERM="dumb"))
        os.close(theirs)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def type(self, text):
        os.write(self._ours, text)

    def wait(self, seconds):
        """Read what is printed for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._read(end - time.monotonic())

    def until_prompt(self):
        """Read until a prompt is the last thing printed."""
        end, text = time.monotonic() + TIMEOUT_S, b""
        while not text.endswith(PROMPT):
            if time.monotonic() > end:
                raise RuntimeError("no prompt")
            text = (text + self._read(1))[-100:]

    def _read(self, seconds):
        ready, _, _ = select.select([self._ours], [], [], max(seconds, 0))
        return os.read(self._ours, 65536) if ready else b""


def own_terminal():
    os.setsid()
    import fcntl
    import termios
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


if __name__ == "__main__":
    os.environ.pop("DEBUGINFOD_URLS", None)
    # As installed: compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as cache:
        os.environ["PYTHONPYCACHEPREFIX"] = cache
        sys.exit(main())
