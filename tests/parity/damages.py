#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Each damage that tests/fixtures/damages.py can do to a core: seam tells it in its
own words, and so does gdb; and both tell of everybody whom it does not touch
what they tell of the healthy core.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import damage
import fixtures

sys.path.insert(0, str(fixtures.SRC / "tests" / "fixtures"))
import damages  # noqa: E402

EXE = fixtures.BUILD / "fixtures" / "several-gcc-gold"
COMMANDS = ("list", "stacks", "segments")


def seam(command, core):
    done = subprocess.run(
        [str(fixtures.BUILD / "seam"), command, str(core), str(EXE)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
        universal_newlines=True, errors="replace", check=False)
    return done.returncode, done.stdout + "\n" + done.stderr


def gdb(core):
    return subprocess.run(
        ["gdb", "-nx", "-batch", "-iex", "set width 0", "-iex",
         "set auto-load off", "-iex",
         "source %s" % (fixtures.SRC / "gdb-scripts" / "seam-gdb.py"),
         "-ex", "info goroutines", str(EXE), str(core)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
        universal_newlines=True, errors="replace", check=False).stdout


def by_id(text):
    """What is said of each goroutine: its row, or from its head to a blank."""
    found = re.findall(r"^[* ] +(\d) (.*)$", text, re.M)
    found += re.findall(r"^goroutine (\d)\b(.*(?:\n.+)*)", text, re.M)
    return {int(goid): re.sub(" +", " ", said) for goid, said in found}


def spared(healthy, text, hurt):
    """Those of whom something else is said than of the healthy core."""
    now = by_id(text)
    return [goid for goid, said in healthy.items()
            if goid not in hurt and now.get(goid) != said]


def compare(name, core, healthy):
    """What is wrong, a line each."""
    about = damages.DAMAGES[name]
    texts = {command: seam(command, core)
             for command in {*COMMANDS, about.command}}
    status, text = texts[about.command]
    if status not in (1, 2) or (status == 2) != ("cannot read the" in text):
        yield "%s: status %d" % (about.command, status)
    if not re.search("^%s" % about.says, text, re.M):
        yield "%s does not say '%s':\n%s" % (about.command, about.says, text)
    in_gdb = gdb(core)
    if about.in_gdb and not re.search("^%s" % about.says, in_gdb, re.M):
        yield "gdb does not say '%s':\n%s" % (about.says, in_gdb)
    if re.search("Traceback|Python Exception|internal-error", in_gdb):
        yield "gdb: " + in_gdb
    for command in COMMANDS:
        for goid in spared(healthy[command], texts[command][1],
                           set(about.hurt) - set(about.found)):
            yield "%s: goroutine %d is not told as before" % (command, goid)
    for goid in spared(healthy["gdb"], in_gdb, about.hurt):
        yield "gdb: goroutine %d is not told as before" % goid


def main():
    wrong = 0
    with fixtures.dead(EXE) as target, tempfile.TemporaryDirectory() as folder:
        core = damage.Core(EXE, target.core, pathlib.Path(folder, "damaged"),
                           damages.expressions())
        healthy = {c: by_id(seam(c, target.core)[1]) for c in COMMANDS}
        healthy["gdb"] = by_id(gdb(target.core))
        assert all(len(said) == 6 for said in healthy.values()), healthy
        for name in damages.DAMAGES:
            core.path.write_bytes(damages.made(core, name))
            for line in compare(name, core.path, healthy):
                print("%s: %s" % (name, line))
                wrong += 1
    print("%d kinds of damage, %d wrong" % (len(damages.DAMAGES), wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
