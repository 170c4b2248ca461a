#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The runner reports what it is there to report: each way a test can fail."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

RUN = pathlib.Path(__file__).resolve().parent.parent / "run"

SCRIPTS = {
    "passes": "exit 0",
    "fails": "echo the reason; exit 3",
    "hangs": "setsid true; (set -m; sleep 1000 & echo $! >$KEEP; wait)",
    "crashes": "kill -SEGV $$",
    "skips": "echo no such tool here; exit 77",
    "leaks": "sleep 1000 & echo $! >$KEEP",
    "alone": "test -z \"$(ls)\" && test \"$PWD\" = \"$TMPDIR\" && touch mine",
    "patient": "# timeout: 60\nsleep 3",
}


def alive(pid):
    """Is PID a process that still runs (not one that waits to be reaped)?"""
    try:
        stat = pathlib.Path("/proc/%d/stat" % pid).read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


class Runner(unittest.TestCase):
    def setUp(self):
        self.root = tempfile.TemporaryDirectory()
        self.addCleanup(self.root.cleanup)
        self.keep = os.path.join(self.root.name, "pid")
        self.room = pathlib.Path(self.root.name, "src", "tests", "room")
        self.room.mkdir(parents=True)

    def write(self, name):
        path = self.room / (name + ".sh")
        path.write_text("#!/bin/sh\n" + SCRIPTS[name] + "\n")
        path.chmod(0o755)

    def run_tests(self, names, *args):
        for name in names:
            self.write(name)
        env = dict(os.environ, KEEP=self.keep,
                   SRC_DIR=os.path.join(self.root.name, "src"),
                   BUILD_DIR=os.path.join(self.root.name, "build"))
        done = subprocess.run([str(RUN), "-t", "2", *args], env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              universal_newlines=True)
        return done.returncode, done.stdout.splitlines()

    def assert_killed(self):
        pid = int(pathlib.Path(self.keep).read_text())
        deadline = time.monotonic() + 5
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertFalse(alive(pid))

    def test_all_pass(self):
        status, lines = self.run_tests(["passes", "alone"])
        self.assertEqual(status, 0)
        self.assertIn("ok room/passes", lines)
        self.assertEqual(lines[-1], "2 passed, 0 failed")

    def test_failure_is_told_with_its_output(self):
        status, lines = self.run_tests(["passes", "fails"])
        self.assertEqual(status, 1)
        self.assertRegex("\n".join(lines),
                         r"FAIL room/fails \(exit status 3, /.*fails.log\)\n"
                         r"    the reason")
        self.assertEqual(lines[-1], "1 passed, 1 failed")

    def test_hang_is_killed_with_its_children(self):
        status, lines = self.run_tests(["hangs"])
        self.assertEqual(status, 1)
        self.assertIn("no end after 2 s", lines[0])
        self.assert_killed()

    def test_crash_is_named(self):
        status, lines = self.run_tests(["crashes"])
        self.assertEqual(status, 1)
        self.assertIn("killed by SIGSEGV", lines[0])

    def test_skip_has_its_reason(self):
        status, lines = self.run_tests(["skips", "passes"])
        self.assertEqual(status, 0)
        self.assertIn("skip room/skips no such tool here", lines)
        self.assertEqual(lines[-1], "1 passed, 0 failed, 1 skipped")

    def test_what_a_test_leaves_running_is_killed(self):
        status, _ = self.run_tests(["leaks"])
        self.assertEqual(status, 0)
        self.assert_killed()

    def test_own_timeout(self):
        status, lines = self.run_tests(["patient"])
        self.assertEqual((status, lines[-1]), (0, "1 passed, 0 failed"))

    def test_name_selects(self):
        for pattern in ("pass", "*/pas?es"):
            status, lines = self.run_tests(["passes", "fails"], pattern)
            self.assertEqual((status, lines[-1]), (0, "1 passed, 0 failed"))

    def test_unknown_name_is_an_error(self):
        status, _ = self.run_tests(["passes"], "nothing")
        self.assertEqual(status, 2)

    def test_compiled_tests_are_found(self):
        program = pathlib.Path(self.root.name, "build", "tests", "room", "c")
        program.parent.mkdir(parents=True)
        program.symlink_to("/bin/false")
        status, lines = self.run_tests([])
        self.assertEqual(status, 1)
        self.assertIn("FAIL room/c (exit status 1", lines[0])


if __name__ == "__main__":
    sys.exit(unittest.main())
