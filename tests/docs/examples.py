#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# timeout: 600
"""
The examples of the man pages are whole programs: built as seam(3) says, without
a warning, by each compiler, they print what the pages say they do.
"""
import itertools
import os
import pathlib
import shlex
import subprocess
import sys

from mdoc import Page

SRC = pathlib.Path(os.environ["SRC_DIR"])
BUILD = pathlib.Path(os.environ["BUILD_DIR"])
COMPILERS = (["gcc"], ["clang", "-fuse-ld=lld"])
SETTINGS = [{"SEAM_MAXPROCS": procs, "SEAM_DEBUG": debug}
            for procs, debug in itertools.product("14", ("", "split,poison"))]
STRICT = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
TIMEOUT = 60  # seconds


def flags():
    """The one line of seam.pc; what is not installed yet is found before."""
    done = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "seam"], check=True,
        env=dict(os.environ, PKG_CONFIG_PATH=str(BUILD)),
        stdout=subprocess.PIPE, universal_newlines=True)
    return ["-I", str(SRC / "runtime"), "-L", str(BUILD),
            *shlex.split(done.stdout)]


def run(argv, **settings):
    """(status, all that it printed)"""
    done = subprocess.run(
        argv, env=dict(os.environ, **settings), check=False, timeout=TIMEOUT,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        universal_newlines=True)
    return done.returncode, done.stdout


def wrong(program, expected):
    """What is wrong with an example, as lines."""
    pathlib.Path("example.c").write_text(program)
    for compiler in COMPILERS:
        options = flags() + compiler[1:]
        status, said = run([compiler[0], *STRICT, "example.c", *options,
                            "-o", "example"])
        if status or said:
            yield "%s does not compile it in silence:\n%s" % (
                compiler[0], said)
            continue
        for settings in SETTINGS:
            status, printed = run(["./example"], **settings)
            if (status, printed) != (0, expected):
                yield "%s, %s: status %d, it prints:\n%s" % (
                    compiler[0], settings, status, printed)


def of_page(path):
    page = Page(path.read_text())
    if not page.examples() or len(page.blocks()) % 2:
        yield "a program and what it prints, in turn: they are not there"
    for program, expected in page.examples():
        yield from wrong(program, expected)


def sees_what_is_wrong():
    """Of a test that cannot fail nobody learns anything."""
    program = '#include <stdio.h>\nint main(void)\n{\n%s\n}\n'
    return all(list(wrong(program % body, "yes\n")) for body in (
        'puts("no");', 'return puts("yes");', 'puts(yes);'))


def main():
    pages = sorted((SRC / "docs" / "man").glob("*.3"))
    complaints = ["%s: %s" % (path.name, line)
                  for path in pages for line in of_page(path)]
    if not sees_what_is_wrong():
        complaints.append("a bad example passes")
    print("\n".join(complaints) or "%d pages" % len(pages))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
