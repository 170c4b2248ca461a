#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
gdb loads the installed scripts by itself for a user's program, live and from
a core, where it is allowed to; where not it says so, and one line loads them.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SRC = pathlib.Path(os.environ["SRC_DIR"])
sys.path.insert(0, str(SRC / "tests" / "parity"))

import fixtures  # noqa: E402

HERE = SRC / "tests" / "install"
PARKED = r"\n  2 +waiting +chan receive .* parked program\.c:\d+ "


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.gdbdir = pathlib.Path(folder.name, "gdb")
        usr = pathlib.Path(folder.name, "usr")
        subprocess.run([HERE / "place", "PREFIX=%s" % usr,
                        "GDBDIR=%s" % cls.gdbdir, "DESTDIR="], check=True)
        cls.exe = pathlib.Path(folder.name, "program")
        build(cls.exe, usr / "lib" / "pkgconfig")
        cls.core, _ = fixtures.make_core(cls.exe, folder.name)

    def gdb(self, before, commands, *target):
        """What COMMANDS print, after those that BEFORE has for gdb itself."""
        argv = ["gdb", "-q", "-nx", "-batch", "-iex", "set width 0"]
        for command in before:
            argv += ["-iex", command]
        for command in commands:
            argv += ["-ex", command]
        done = subprocess.run(
            [*argv, "--args", self.exe, *target], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
            universal_newlines=True, check=False)
        self.assertNotIn("Traceback", done.stdout)
        return done.stdout

    def looked_at(self):
        """Commands for the core, and for a process that dies likewise."""
        return ["core-file %s" % self.core], ["run core"]

    def allowed(self):
        return ["add-auto-load-safe-path %s" % self.gdbdir]

    def test_by_itself(self):
        for start in self.looked_at():
            text = self.gdb(self.allowed(), [*start, "info goroutines"],
                            "core")
            self.assertRegex(text, PARKED)
            self.assertNotIn("declined", text)

    def test_declined(self):
        for start in self.looked_at():
            text = self.gdb([], [*start, "info goroutines"], "core")
            self.assertRegex(
                text, r"seam-gdb\.py.* auto-loading has been declined by your "
                      r".auto-load safe-path.")
            self.assertIn('Undefined info command: "goroutines"', text)

    def test_sourced(self):
        for start in self.looked_at():
            text = self.gdb(
                [], [*start, "source %s/seam-gdb.py" % self.gdbdir,
                     "info goroutines"], "core")
            self.assertRegex(text, PARKED)


def build(exe, pkgconfig):
    """The README's one line, with -g."""
    subprocess.run(
        "cc -g %s/program.c $(pkg-config --cflags --libs seam) -o %s"
        % (HERE, exe), shell=True, check=True,
        env=dict(os.environ, PKG_CONFIG_PATH=str(pkgconfig)))


if __name__ == "__main__":
    unittest.main()
