#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Colour is for terminals alone. ^C ends seam with status 130 at any moment: what
was printed stays, and the process goes on.
"""
import contextlib
import fcntl
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent
                       / "parity"))
import fixtures  # noqa: E402

SEAM = str(fixtures.BUILD / "seam")
PAGE = 4096
DEADLINE = 5   # seconds in which something must happen
EARLY = -signal.SIGINT     # before seam is there to see it


def exe(name):
    return fixtures.BUILD / "fixtures" / (name + "-gcc-gold")


def on_terminal(argv, **env):
    """What a command prints on a terminal of its own, standard error too."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        argv, stdin=slave, stdout=slave, stderr=slave,
        env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"},
             "TERM": "xterm", **env})
    os.close(slave)
    text = b""
    with contextlib.suppress(OSError):  # the terminal is closed
        while True:
            text += os.read(master, PAGE)
    os.close(master)
    process.wait()
    return text.decode().replace("\r\n", "\n")


def colour(target):
    for command in "list", "stacks", "segments", "groups", "waits":
        argv = [SEAM, command, str(target.core)]
        plain = subprocess.run(argv, stdout=subprocess.PIPE, check=True,
                               universal_newlines=True).stdout
        shown = on_terminal(argv)
        without = re.sub(r"\x1b\[\d*m", "", shown)
        # A slow machine may tell its progress, and takes that back.
        without = re.sub(r"\r\x1b\[K(seam: [^\r\n\x1b]*)?", "", without)
        assert "\x1b" not in plain, plain
        assert "\x1b[" in shown and "\n\x1b[m" not in shown, shown
        assert without == plain, without
        for env in {"NO_COLOR": "1"}, {"TERM": "dumb"}:
            assert "\x1b[1m" not in on_terminal(argv, **env), env
        assert "\x1b[1m" not in on_terminal(argv + ["--json"])


def wait_until(what):
    end = time.monotonic() + DEADLINE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_writing(pid):
    """Whether it sleeps in write(1, ...)."""
    text = pathlib.Path("/proc/%d/syscall" % pid).read_text()
    return text.startswith("1 0x1 ")


def status(pid):
    text = pathlib.Path("/proc/%d/status" % pid).read_text()
    return dict(re.findall(r"(?m)^(State|TracerPid):\t(\w+)", text))


def goes_on(pid):
    now = status(pid)
    return now["TracerPid"] == "0" and now["State"] in "RS"


def while_printing(target):
    """Into a pipe that is full, and that nobody empties."""
    argv = [SEAM, "stacks", "--json", "-p", str(target.pid)]
    whole = subprocess.run(argv, stdout=subprocess.PIPE, check=True).stdout
    assert len(whole) > 2 * PAGE
    read, write = os.pipe()
    fcntl.fcntl(write, 1031, PAGE)      # F_SETPIPE_SZ
    process = subprocess.Popen(argv, stdout=write)
    os.close(write)
    wait_until(lambda: is_writing(process.pid))
    process.send_signal(signal.SIGINT)
    assert process.wait(DEADLINE) == 130, process.returncode
    with os.fdopen(read, "rb") as f:
        printed = f.read()
    assert len(printed) == PAGE and printed[:80] == whole[:80], printed
    wait_until(lambda: goes_on(target.pid))


def at_any_moment(target):
    seen = set()
    for tenths in range(0, 300, 6):     # of milliseconds
        process = subprocess.Popen(
            [SEAM, "stacks", "-p", str(target.pid)],
            stdout=subprocess.DEVNULL)
        time.sleep(tenths / 10000)
        process.send_signal(signal.SIGINT)
        seen.add(process.wait(DEADLINE))
        wait_until(lambda: goes_on(target.pid))
    assert seen <= {0, 130, EARLY}, seen


def is_ignored(target):
    """As in the background of a script."""
    done = subprocess.run(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c",
         "import os, signal, sys; os.kill(os.getpid(), signal.SIGINT);"
         "os.execv(sys.argv[1], sys.argv[1:])", SEAM, "list",
         str(target.core)], stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done


def main():
    # Who started us may have had it ignored, which seam would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with fixtures.dead(exe("parked")) as target:
        colour(target)
        is_ignored(target)
    with fixtures.live(exe("grown")) as target:
        while_printing(target)
        at_any_moment(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
