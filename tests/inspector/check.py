#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
seam check finds nothing wrong with a healthy core, and finds each word that is
damaged in a copy of it; seam threads tells what each thread is at.
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "parity"))
import damage  # noqa: E402
import fixtures  # noqa: E402

EXE = fixtures.BUILD / "fixtures" / "objects-gcc-gold"


def seam(*argv):
    done = subprocess.run(
        [str(fixtures.BUILD / "seam"), *map(str, argv)], check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        universal_newlines=True)
    return done.returncode, done.stdout


def damaged(core, address, word):
    changed = bytearray(core)
    struct.pack_into("<Q", changed, damage.offset_of(core, address), word)
    return changed


def expect(words, status, *argv):
    """0 if seam ends with STATUS and says WORDS."""
    got, text = seam(*argv)
    if got == status and re.search(words, text):
        return 0
    print("seam %s: status %d, no '%s' in\n%s" % (argv[0], got, words, text))
    return 1


def check_damage(core, folder):
    """Each word of a full channel, an rwlock and a waitgroup is broken."""
    _, text = seam("channels", core, EXE)
    full = int(re.search(r"channel (0x\w+): 1 of 1", text).group(1), 16)
    _, text = seam("mutexes", core, EXE)
    rwlock = int(re.search(r"rwlock (0x\w+)", text).group(1), 16)
    whole, wrong, found = core.read_bytes(), 0, 0
    broken = folder / "broken"
    for address in [*range(full, full + 96, 8), *range(rwlock, rwlock + 32, 8)]:
        broken.write_bytes(damaged(whole, address, 0x7f00000001))
        status, text = seam("check", broken, EXE)
        found += status == 1
        if status not in (0, 1) or (status == 1) != ("not as it" in text):
            print("%#x damaged: status %d\n%s" % (address, status, text))
            wrong += 1
    print("%d of 16 words that were damaged are found" % found)
    return wrong + (found < 8)


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        core, _ = fixtures.make_core(EXE, folder)
        wrong += expect("all is well$", 0, "check", core, EXE)
        wrong += expect('runs goroutine 1 "main"; in no system call', 0,
                        "threads", core, EXE)
        wrong += check_damage(core, folder)
    with fixtures.live(EXE) as target:
        wrong += expect("all is well$", 0, "check", "-p", target.pid)
        wrong += expect('machine 0, runs goroutine 1 "main"; in (no sys|clock_nano|restart_sys)',
                        0, "threads", "-p", target.pid)
        wrong += expect(r"1 deadline\n.* left: goroutine 4 ", 0, "timers",
                        "-p", target.pid)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
