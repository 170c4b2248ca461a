# SPDX-License-Identifier: BSD-2-Clause
"""
The driver of `make bench-inspector`: each tool looks at crowds of goroutines or
threads, round after round, then a table as bench.py's.

    python3 tests/bench/looking.py [--rows A,B] [--rounds N] SEAM FOLDER

FOLDER has the crowds' programs and is where the cores go. Times are what a clock
shows from the start of a command to its end, but for those of one goroutine
beside another, which are of the CPU; that of a stop is what seam says it was.
Exit status: 0 when the table was printed, 64 usage.
"""
import argparse
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

import bench
from crowds import Crowds
from inspector_rows import ROWS

TIMEOUT_S = 300
FEW, MANY_TIMES = 10000, 51
HERE = pathlib.Path(__file__).resolve().parent


def main():
    return measure("looking", Looks, ROWS, 3)


def measure(prog, looks, rows, rounds):
    """Do what the command line of PROG asks of ROWS: LOOKS(seam, crowds) has
    number(look); ROUNDS unless it says otherwise. The exit status."""
    args = parse_args(prog, rounds)
    rows = bench.select(args.rows, rows)
    with Crowds(args.folder) as crowds:
        numbers, failed = run_rounds(looks(args.seam.resolve(), crowds), rows,
                                     args.rounds)
    bench.print_table(rows, numbers, failed)
    return 0


def parse_args(prog, rounds):
    parser = argparse.ArgumentParser(prog=prog)
    parser.add_argument("seam", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", default="")
    parser.add_argument("--rounds", type=int, default=rounds)
    return parser.parse_args()


def run_rounds(looks, rows, rounds):
    """Every look once a round. One that fails is left out from then on."""
    numbers, failed = {}, {}
    for number in range(1, rounds + 1):
        for one in bench.all_series(rows):
            if one in failed:
                continue
            bench.progress("round %d of %d: %s %s %d"
                           % (number, rounds, *one))
            try:
                numbers.setdefault(one, []).append(looks.number(one))
            except (RuntimeError, OSError,
                    subprocess.SubprocessError) as error:
                failed[one] = str(error)[:60]
                numbers.pop(one)
    bench.progress("")
    return numbers, failed


class Looks:
    """One measurement each."""

    def __init__(self, seam, crowds):
        self.seam = seam
        self.crowds = crowds

    def number(self, look):
        if look.program == "seam":
            return getattr(self, "_" + look.work.replace("-", "_"))(look.procs)
        return getattr(self, "_" + look.program)(look.procs)

    def _run(self, *argv, stdin=b""):
        """A command, whose answer is thrown away."""
        done = subprocess.run(argv, input=stdin, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=TIMEOUT_S,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError("%s: status %d" % (
                pathlib.Path(argv[0]).name, done.returncode))

    def _wall(self, *argv, stdin=b""):
        """Seconds that it takes."""
        began = time.monotonic()
        self._run(*argv, stdin=stdin)
        return time.monotonic() - began

    def _cpu(self, *argv):
        """Seconds of CPU time, user and system."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self._run(*argv)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime - before.ru_utime
                + after.ru_stime - before.ru_stime)

    def _on_core(self, command, n):
        return self._wall(self.seam, command, self.crowds.core("crowd", n))

    def _groups(self, n):
        return self._on_core("groups", n)

    def _stacks(self, n):
        return self._on_core("stacks", n)

    def _list(self, n):
        return self._on_core("list", n)

    def _groups_rate(self, n):
        return n / self._groups(n)

    def _stacks_rate(self, n):
        """To a file, which is what takes time."""
        out = self.crowds.folder / "stacks.txt"
        try:
            return n / self._wall(
                "sh", "-c", "exec \"$0\" stacks \"$1\" >\"$2\"",
                self.seam, self.crowds.core("crowd", n), out)
        finally:
            out.unlink(missing_ok=True)

    def _each(self, n):
        """Microseconds a goroutine, less what one of them costs. What takes
        milliseconds is taken many times."""
        return (self._groups_cpu(n) - self._groups_cpu(0)) / n * 1e6

    def _groups_cpu(self, n):
        core = self.crowds.core("crowd", n)
        return statistics.median(
            self._cpu(self.seam, "groups", core)
            for _ in range(MANY_TIMES if n < FEW else 1))

    def _live(self, n):
        return self._wall(self.seam, "groups", "-p",
                          str(self.crowds.process("crowd", n)))

    def _stopped(self, n):
        done = subprocess.run(
            [self.seam, "groups", "--time", "-p",
             str(self.crowds.process("crowd", n))],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True,
            timeout=TIMEOUT_S, universal_newlines=True)
        return float(re.search(r"stopped for ([\d.]+) ms",
                               done.stderr).group(1))

    def _memory(self, n):
        """The most that is no file's, a goroutine; looked at all the time."""
        process = subprocess.Popen(
            [self.seam, "groups", self.crowds.core("crowd", n)],
            stdout=subprocess.DEVNULL)
        most = 0
        while process.poll() is None:
            most = max(most, anonymous_bytes(process.pid))
            time.sleep(0.002)
        if process.returncode != 0:
            raise RuntimeError("seam: status %d" % process.returncode)
        return most / n

    def _unwinding(self, program, n):
        done = subprocess.run(
            [self.crowds.program("unwinding"), program,
             self.crowds.core("crowd", n)], stdout=subprocess.PIPE,
            timeout=TIMEOUT_S, check=True)
        return float(done.stdout)

    def _ours(self, n):
        return self._unwinding("ours", n)

    def _libdwfl(self, n):
        return self._unwinding("libdwfl", n)

    def _dlv(self, n):
        core = self.crowds.core("crowd-go", n)
        return n / self._wall(
            "dlv", "core", "--allow-non-terminal-interactive=true",
            self.crowds.program("crowd-go"), core,
            stdin=b"goroutines -t 20\nexit\n")

    def _threads(self, n):
        return (self.crowds.program("crowd-threads"),
                self.crowds.core("crowd-threads", n))

    def _drgn(self, n):
        program, core = self._threads(n)
        return n / self._wall("drgn", "-q", "-c", core, "-s", program,
                              HERE / "drgn_stacks.py")

    def _lldb(self, n):
        program, core = self._threads(n)
        return n / self._wall("lldb", "-b", "-o", "thread backtrace all",
                              "-c", core, program)

    def _gdb(self, n):
        program, core = self._threads(n)
        return n / self._wall("gdb", "-nx", "-batch", "-iex",
                              "set auto-load off", "-ex",
                              "thread apply all backtrace", program, core)


def anonymous_bytes(pid):
    try:
        text = pathlib.Path("/proc/%d/status" % pid).read_text()
    except OSError:
        return 0
    found = re.search(r"RssAnon:\s*(\d+) kB", text)
    return int(found.group(1)) * 1024 if found else 0


if __name__ == "__main__":
    os.environ.pop("DEBUGINFOD_URLS", None)
    sys.exit(main())
