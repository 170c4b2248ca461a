#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Of a core with so many goroutines that several threads unwind them, seam tells
the same as with one processor, where one thread does.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "bench"))
from crowds import Crowds  # noqa: E402

BUILD = pathlib.Path(os.environ["BUILD_DIR"])
CROWD = 20000


def one_processor():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def seam(core, command, before):
    done = subprocess.run([BUILD / "seam", command, core],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          preexec_fn=before, check=False)
    return done.returncode, done.stdout, done.stderr


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "crowd").symlink_to(BUILD / "checked/crowd")
        with Crowds(folder) as crowds:
            core = crowds.core("crowd", CROWD)
            for command in "groups", "stacks", "list":
                many = seam(core, command, None)
                if (many[0], many[2]) != (0, b""):
                    print("%s: status %d: %s" % (command, many[0],
                                                 many[2].decode()))
                    wrong += 1
                if many != seam(core, command, one_processor):
                    print("%s: one thread tells another answer" % command)
                    wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
