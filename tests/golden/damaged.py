#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What seam and gdb say of a core in which one word is wrong: of goroutine 2 its
line in the table, what is told to be damaged, and the functions on its stack,
the same in both. `make golden` writes damaged.txt anew from what seam says.
"""
import re
import subprocess
import sys
import tempfile

import golden
from golden import fixtures

import damage

GOLDEN = golden.HERE / "damaged.txt"

# What is overwritten, and with what. allg is goroutine 2, which has grown.
DAMAGE = (
    ("allg->stackbase->lo", "0x77"),
    ("allg->stackbase->size", "0x77"),
    ("allg->stacklo", "0x77"),
    ("allg->stackbase->oldbase", "0x7f10"),
    ("allg->stackbase->oldbase", "allg->stackbase"),
    ("allg->stackbase->oldbase->lo", "0x77"),
    ("allg->stackbase->oldbase->size", "0x77"),
    ("allg->stackbase", "0x7f10"),
    ("allg->sched.sp", "0x7f10"),
)


def by_seam(exe, core):
    text = "".join(output(fixtures.BUILD / "seam", command, core, exe, *ids)
                   for command, *ids in (("list", "2"), ("stacks", "2")))
    return table(text) + notes(text) + stack(
        re.findall(r"^#\d+ +(\S+)", text, re.MULTILINE))


def by_gdb(exe, core):
    text = output(
        "gdb", "-nx", "-batch", "-iex", "set width 0", "-iex",
        "set auto-load off", "-iex",
        "source %s" % (fixtures.SRC / "gdb-scripts" / "seam-gdb.py"),
        "-ex", "info goroutines 2", "-ex", "goroutine 2 bt", exe, core)
    return table(text) + notes(text) + stack(
        re.findall(r"^#\d+ +(?:0x\w+ in )?(\w+) ", text, re.MULTILINE))


def output(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False,
                          universal_newlines=True).stdout


def table(text):
    return "".join(line for line in golden.normal(text).splitlines(True)
                   if line.startswith("  2 "))


def notes(text):
    """What is wrong with the data, which both find for themselves; not what
    comes of it for their unwinders, which are not the same."""
    found = re.findall(r"seam: goroutine 2: [^:\n]*: .*\n", text)
    return golden.normal("".join(sorted(set(found)))).lstrip("\n")


def stack(functions):
    """The user's functions."""
    known = [f for f in functions if f in ("park", "visit", "walk", "walker")]
    if not known:
        return "stack: none\n"
    return "stack: %d functions, %s to %s\n" % (
        len(known), known[0], known[-1])


def main():
    exe = golden.gcc_gold("grown")
    text, wrong = "", 0
    with fixtures.dead(exe) as target, tempfile.TemporaryDirectory() as folder:
        core = damage.Core(exe, target.core, folder + "/damaged")
        for place, value in DAMAGE:
            core.write(place, value)
            head = "%s = %s\n" % (place, value)
            text += head + by_seam(exe, core.path) + "\n"
            wrong += golden.unlike(
                GOLDEN, head + by_seam(exe, core.path),
                head + by_gdb(exe, core.path))
    wrong += golden.compare(GOLDEN, text)
    print("%d kinds of damage, %d unlike" % (len(DAMAGE), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
