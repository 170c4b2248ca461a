#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The samples in README.md, seam.1 and hung.md are what really is printed: each command
is run as it stands there, one after the other, and its output compared but for
addresses, times and process ids. Where some of a page is unlike, `make golden`
writes all of that page anew, from one run.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import golden
from golden import fixtures

PROGRAMS = [fixtures.SRC / "docs" / "examples" / name
            for name in ("tree.c", "bank.c")]
PID = "1234"  # what the pages call the process
TIMEOUT = 60  # seconds


class Page:
    """A file with samples: commands, each with what it prints, if shown."""

    def __init__(self, path, pattern, indent):
        self.path = fixtures.SRC / path
        self.indent = indent
        self._pattern = re.compile(pattern, re.MULTILINE)
        self.text = self.path.read_text()

    def samples(self):
        """Matches: group 1 is a command, group 2 its output or None."""
        return list(self._pattern.finditer(self.text))

    def shown(self, sample):
        return re.sub("(?m)^" + self.indent, "", sample.group(2))

    def replace(self, sample, output):
        output = re.sub("(?m)^(?=.)", self.indent, output)
        self.text = (self.text[:sample.start(2)] + output
                     + self.text[sample.end(2):])


README = Page("README.md", r"^    \$ (.*)\n((?:    (?!\$ ).*\n)*)", "    ")
HUNG = Page("docs/hung.md", r"^    \$ (.*)\n"
            r"((?:    (?!\$ ).*\n|\n(?=    (?!\$ )))*)", "    ")
MANUAL = Page("docs/man/seam.1", r"^\.Dl \$ (.*)\n"
              r"(?:\.Bd -literal -offset indent\n((?:(?!\.Ed).*\n)*)\.Ed\n)?",
              "")


class Shell:
    """Somebody at a prompt, in a folder with programs, Seam being installed."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.process = None
        self._install()
        for program in PROGRAMS:
            (self.folder / program.name).symlink_to(program)
        (self.folder / "old").mkdir()

    def _install(self):
        prefix = self.folder / "installed"
        for place, path in (("bin", fixtures.BUILD / "seam"),
                            ("lib", fixtures.BUILD / "libseam.a"),
                            ("include", fixtures.SRC / "runtime" / "seam.h")):
            (prefix / place).mkdir(parents=True)
            (prefix / place / path.name).symlink_to(path)
        description = (fixtures.BUILD / "seam.pc").read_text()
        (prefix / "seam.pc").write_text(
            re.sub("(?m)^prefix=.*", "prefix=%s" % prefix, description))
        self.env = dict(
            os.environ, PKG_CONFIG_PATH=str(prefix),
            PATH="%s:%s" % (prefix / "bin", os.environ["PATH"]))

    def run(self, command):
        """What it prints. One that ends with & is left running."""
        if command.endswith(" &"):
            self.end()
            self.process = subprocess.Popen([command[:-2]], cwd=self.folder)
            self._wait_for_rest()
            return ""
        pid = str(self.process.pid) if self.process else PID
        command = re.sub(r"\$!|\b%s\b" % PID, pid, command)
        done = subprocess.run(
            ["sh", "-c", command], cwd=self.folder, env=self.env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            timeout=TIMEOUT, universal_newlines=True)
        if done.returncode != 0:
            raise AssertionError("%s: status %d\n%s" % (
                command, done.returncode, done.stdout))
        return done.stdout.replace("process %s " % pid, "process %s " % PID)

    def _wait_for_rest(self):
        """Until all goroutines wait, for times that a reader may see."""
        deadline = time.monotonic() + TIMEOUT
        while self._waiting() < 3:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("%s: does not come to rest"
                                     % self.process.args)
            time.sleep(0.1)

    def _waiting(self):
        """How many wait for a second, at the least."""
        done = subprocess.run(
            ["seam", "list", "-p", str(self.process.pid)], env=self.env,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            check=False, universal_newlines=True)
        return len(re.findall(r" waiting .* \d+\.\ds ", done.stdout))

    def make_core(self):
        self.run("gdb -nx -batch -iex 'set auto-load off' -p %s "
                 "-ex 'generate-core-file core.%s'" % (PID, PID))

    def end(self):
        if self.process:
            self.process.kill()
            self.process.wait()


def run(shell, page):
    """The samples that show an output, each with what it is now."""
    printed = [(sample, shell.run(sample.group(1)))
               for sample in page.samples()]
    return [(sample, text) for sample, text in printed
            if sample.group(2) is not None]


def is_unlike(page, sample, text):
    head = "$ %s\n" % sample.group(1)
    return golden.unlike(page.path, golden.normal(head + page.shown(sample)),
                         golden.normal(head + text))


def write(page, printed):
    for sample, text in reversed(printed):
        page.replace(sample, text)
    page.path.write_text(page.text)


def main():
    total, wrong = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        shell = Shell(folder)
        try:
            for page in README, MANUAL, HUNG:
                if page is MANUAL:
                    shell.make_core()
                printed = run(shell, page)
                unlike = sum(is_unlike(page, *p) for p in printed)
                total += len(printed)
                wrong += unlike
                if unlike and os.environ.get("SEAM_GOLDEN") == "write":
                    write(page, printed)
        finally:
            shell.end()
    print("%d samples, %d unlike" % (total, wrong))
    return 1 if wrong or not total else 0


if __name__ == "__main__":
    sys.exit(main())
