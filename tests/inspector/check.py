#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
seam check finds nothing wrong with a healthy core, and finds each word that is
damaged in a copy of it; seam threads tells what each thread is at.
"""
import json
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
    """What seam says about a target that is whole: all of it is the answer."""
    done = subprocess.run(
        [str(fixtures.BUILD / "seam"), *map(str, argv)], check=False,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        universal_newlines=True)
    if done.stderr:
        return done.returncode, "on standard error: " + done.stderr
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


def g(goid):
    """The struct of one of the six goroutines of `parked`, newest first."""
    return "allg" + "->alllink" * (6 - goid)


def ring(place):
    """A place in the queue of machine 0, which holds goroutines 5 and 6."""
    return "m0.runq[(m0.runqhead + %d) & m0.runqmask]" % place


# What is put where in a core of `parked`, and what is then found.
DISORDER = (
    (ring(0), g(2), "the queue of machine 0: goroutine 2 is waiting, not to run"),
    (ring(0), ring(1), "the queue of machine 0: goroutine 6 is in the queue of "
     "machine 0 as well"),
    (ring(1), "0x7f10", "what is at 0x7f10 is no goroutine that lives"),
    ("m0.runqtail", "0x100000000 + m0.runqhead + 77",
     r"the queue of machine 0: 77 goroutines, with room for \d+"),
    ("sched.runqsize", "3", "the shared queue has 0 goroutines, but says 3"),
    ("sched.runqhead", g(5), "goroutine 5 is in the shared queue as well"),
    ("sched.midle", "&m0", r"the list of idle machines has \d+, but says"),
    ("sched.nmidle", "7", r"the list of idle machines has \d+, but says 7"),
    ("sched.nactive", "9", "machines may run goroutines, but 9 are said to"),
    ("m0.curg", g(2), "goroutine 1 runs on machine 0, which runs what is at"),
    (g(2) + "->stacksize", "1", "goroutine 2 has segments of 1600 bytes, but "
     "says 1"),
    (g(4) + "->alllink", "0", "3 goroutines that the list does not lead to"),
    (g(4) + "->alllink", "0x7f10", "the list: 0x7f10 is .*; the list ends here"),
    (g(2) + "->stackbase", "0x7f10", "goroutine 2: its newest segment: .* 0x7f10"),
    (g(3) + "->goid", "2", "have the same id, 2"),
    (g(3) + "->waitreason", "0", "goroutine 3 at 0x.* waits for no reason"),
    ("timers.next", "7", "the next deadline is .*, but is said to be 7"),
    ("timers.slots[16].when", "0x7fffffffffffff00",
     "the next deadline is 9223372036854775552, but is said to be"),
    ("timers.n", "5", "1 deadlines were found, but there are said to be 5"),
)


def check_disorder(folder):
    """Each is damaged by itself, and seen."""
    exe = fixtures.BUILD / "fixtures" / "parked-gcc-gold"
    sound, _ = fixtures.make_core(exe, folder)
    core = damage.Core(exe, sound, folder / "disorder")
    wrong = expect("all is well$", 0, "check", sound, exe)
    for place, value, words in DISORDER:
        core.write(place, value)
        wrong += expect(words, 1, "check", core.path, exe)
        wrong += check_encoded(core.path, exe)
    return wrong


def check_encoded(core, exe):
    """0 if the document has the lines of the text, but for the last."""
    lines = seam("check", core, exe)[1].splitlines()[:-1]
    status, text = seam("check", "--json", core, exe)
    if status == 1 and json.loads(text)["findings"] == lines:
        return 0
    print("status %d, not %s in\n%s" % (status, lines, text))
    return 1


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        wrong += check_disorder(pathlib.Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        core, _ = fixtures.make_core(EXE, folder)
        wrong += expect("all is well$", 0, "check", core, EXE)
        wrong += expect('runs goroutine 1 "main"; in no system call', 0,
                        "threads", core, EXE)
        wrong += check_damage(core, folder)
    with fixtures.live(EXE) as target:
        wrong += expect("all is well$", 0, "check", "-p", target.pid)
        # Looks before may have interrupted it.
        wrong += expect('machine 0, runs goroutine 1 "main"; in (no sys|clock_nano)',
                        0, "threads", "-p", target.pid)
        wrong += expect(r"1 deadline\n.* left: goroutine 4 \[waitgroup, [^,]*\]\n", 0, "timers",
                        "-p", target.pid)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
