#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What becomes of a process while seam looks, or has become of it before: it ends
at any moment, has ended and is waited for, its executable is deleted, or another
file has its name, or it has another root.
"""
import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "parity"))
import fixtures  # noqa: E402

SEAM = str(fixtures.BUILD / "seam")
MOMENTS = 40
GONE = re.compile(r"seam: (there is no process \d+"
                  r"|process \d+ has no memory: it is ending, .*"
                  r"|process \d+ is not the program any more that it was .*)\n")


def fixture(name):
    return fixtures.BUILD / "fixtures" / (name + "-gcc-gold")


@contextlib.contextmanager
def running(*argv, **more):
    process = subprocess.Popen([*map(str, argv), "live"],
                               stdout=subprocess.PIPE, **more)
    try:
        assert process.stdout.readline() == b"ready\n", argv
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def start(pid):
    return subprocess.Popen([SEAM, "stacks", "-p", str(pid)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            universal_newlines=True)


def told(pid):
    process = start(pid)
    out, err = process.communicate()
    return process.returncode, out, err


def ends_meanwhile():
    """All is told, or part of it with a reason, or why nothing is."""
    for moment in range(MOMENTS):
        with running(fixture("several")) as target:
            looking = start(target.pid)
            time.sleep(moment / 2000)
            target.kill()
            out, err = looking.communicate(timeout=60)
        good = {0: not err and out.count("\ngoroutine ") == 5,
                1: err.startswith("seam: "),
                2: GONE.fullmatch(err) is not None and not out}
        if not good.get(looking.returncode):
            yield "status %d: %s%s" % (looking.returncode, out, err)


def has_ended():
    with running(fixture("parked")) as target:
        target.kill()
        os.waitid(os.P_PID, target.pid, os.WEXITED | os.WNOWAIT)
        status, out, err = told(target.pid)
    if (status, out) != (2, "") or not GONE.fullmatch(err):
        yield "a zombie: status %d: %s%s" % (status, out, err)


def without_its_file(folder):
    """It is read through the process, which still has it."""
    program = folder / "program"
    shutil.copy(fixture("grown"), program)
    with running(program) as target:
        program.unlink()
        for what in "deleted", "replaced":
            status, out, err = told(target.pid)
            if status or err or "walker at grown.c:" not in out:
                yield "%s: status %d: %s%s" % (what, status, out, err)
            shutil.copy(fixture("parked"), program)


def with_another_root(folder):
    """Files are looked for where the process finds them."""
    if os.geteuid() != 0:
        return
    program, root = fixture("parked"), folder / "root"
    libraries = re.findall(r"/\S+", subprocess.run(
        ["ldd", str(program)], stdout=subprocess.PIPE, check=True,
        universal_newlines=True).stdout)
    for file in libraries:
        to = root / file[1:]
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to)
    shutil.copy(program, root / "elsewhere")
    with running("/elsewhere", preexec_fn=lambda: os.chroot(root)) as target:
        status, out, err = told(target.pid)
    if status or err or "consumer at parked.c:" not in out:
        yield "another root: status %d: %s%s" % (status, out, err)


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        wrong = [*ends_meanwhile(), *has_ended(), *without_its_file(folder),
                 *with_another_root(folder)]
    print("\n".join(wrong) or "all is told")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
