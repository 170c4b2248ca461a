#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
seam stacks --locals tells what fixtures/values.c says, from each compiler, live
and from a core; --args what callers know of arguments, --registers what gdb
says.
"""
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "gdb"))
import session  # noqa: E402
from session import fixtures  # noqa: E402

SEAM = str(fixtures.BUILD / "seam")
# It does not say where it has put these.
BY_CLANG = dict.fromkeys(("text", "bits", "cut"), "<optimized out>")
# What is in no file and on no stack is not copied of a process.
LIVE = {"cut": "0xADDRESS"}
SOURCE = fixtures.SRC / "tests" / "fixtures" / "values.c"


def seam(target, *words):
    where = [target.core, target.exe] if target.core else [
        "-p", str(target.pid)]
    return subprocess.run([SEAM, "stacks", *where, *words], check=True,
                          stdout=subprocess.PIPE, encoding="utf-8").stdout


def expected():
    return dict(re.findall(r"(?m)^ \* value: (\w+) = (.*)$",
                           SOURCE.read_text()))


def values(text):
    """The variables of show(), by name."""
    shown = text.partition(" show at ")[2].partition("\n#")[0]
    return dict(re.findall(r"(?m)^ {8}(\w+) = (.*)$", shown))


def like(wanted, got):
    """An address is any."""
    wanted = re.escape(wanted).replace("0xADDRESS", "0x[0-9a-f]+")
    return got is not None and re.fullmatch(wanted, got)


def locals_of(target, compiler):
    found, bad = values(seam(target, "--locals", "2")), 0
    for name, wanted in expected().items():
        if target.pid:
            wanted = LIVE.get(name, wanted)
        if compiler == "clang":
            wanted = BY_CLANG.get(name, wanted)
        if not like(wanted, found.get(name)):
            bad += 1
            print("%s: %s = %s, not %s" % (target, name, found.get(name),
                                           wanted))
    if "chan" in found:
        bad += 1
        print("%s: --locals shows an argument" % target)
    return bad


def registers(target):
    """Those of the thread that runs goroutine 1, and of one that waits."""
    said, = session.run(["info registers"], target.exe, target.core)
    wanted = dict(re.findall(r"(?m)^(r\w+) +(0x[0-9a-f]+)", said))
    first, second = json.loads(seam(
        target, "--registers", "--json", "1-2"))["goroutines"]
    got = first["registers"]
    bad = sum(wanted.get(name) != value for name, value in got.items())
    if bad or len(got) != 17:
        print("%s: %s, not %s" % (target, got, wanted))
        bad += 1
    there = second["registers"]
    if second["frames"][0]["pc"] != there["rip"] or "rax" in there or (
            "rbx" not in there):
        bad += 1
        print("%s: goroutine 2 has %s" % (target, there))
    return bad


def told_by_callers(compiler, linker):
    """Arguments that are nowhere any more but in what each call was given, by
    a function that calls itself over seams."""
    exe = session.executable("inlined", compiler, linker)
    with fixtures.dead(exe) as target:
        text = seam(target, "--args", "2")
    depths = [int(n) for n in re.findall(r"(?m)^ {8}depth = (\d+)$", text)]
    args = set(re.findall(r"(?m)^ {8}arg = (0x\w+)$", text))
    waits_on = re.search(r"chan receive (0x\w+)", text).group(1)
    if depths == list(range(1, 21)) and args == {waits_on}:
        return 0
    print("%s: depth is %s, arg %s" % (exe.name, depths, args))
    return 1


def fanned():
    """Arguments that each caller knows from two of its own."""
    exe = session.executable("fanned", "gcc", "gold")
    with fixtures.dead(exe) as target:
        text = seam(target, "--args", "2")
    told = [(int(a), int(b)) for a, b in re.findall(
        r"(?m)^ {8}a = (-?\d+)\n {8}b = (-?\d+)$", text)]
    wanted = [(3, 4)]
    while len(wanted) < 26:
        a, b = wanted[0]
        wanted.insert(0, (a + b, a - b))
    if told == wanted:
        return 0
    print("%s: %s, not %s" % (exe.name, told, wanted))
    return 1


def number(variable, member="bytes"):
    """None: it is not known."""
    told = variable.get(member)
    return told and int.from_bytes(bytes.fromhex(told), "little", signed=True)


def arguments(function, kind):
    """Those of FUNCTION of ../gdb/alike.c in each goroutine that has come to it,
    as bytes."""
    with subprocess.Popen([fixtures.BUILD / "alike" / ("alike-" + kind)],
                          stdout=subprocess.PIPE) as process:
        try:
            process.stdout.readline()
            answer = subprocess.run(
                [SEAM, "stacks", "--args", "--bytes", "--json", "-p",
                 str(process.pid), "in(%s)" % function],
                stdout=subprocess.PIPE, check=True).stdout
        finally:
            process.kill()
    return [{a["name"]: a for a in frame.get("arguments", ())}
            for goroutine in json.loads(answer)["goroutines"]
            for frame in goroutine["frames"] if frame["function"] == function]


def as_bytes():
    """What is on the stack, and was passed there or in registers, directly and
    through a pointer; what has changed since; long ones are cut off."""
    many = [[number(a[n]) for n in "ghi"] for a in arguments("many", "gcc-O2")]
    entered = [[number(a[n], "entered") for n in "cde"]
               for a in arguments("many", "gcc-O2")]
    changed = [(number(a["n"]), number(a["same"]))
               for a in arguments("changed", "gcc-O0")]
    large = arguments("by_value", "gcc-O0")
    cases = (
        ("many", [[m[0] - 7, m[2]] for m in many],
         [[n, n] for n in range(12)]),
        ("entered", entered, [[3, 4, 5]] * 12),
        ("through a pointer", [(number(a["n"], "entered"), number(
            a["five"], "entered")) for a in arguments("saves", "gcc-O2")],
         [(n, 5) for n in range(12)]),
        ("changed", changed, [(n * 1000 if n % 3 else n, same) for n, same in
                              [(n, n) for n in range(12)]
                              + [(n, 1) for n in range(12)]]),
        ("large", [(len(a["l"]["bytes"]), a["s"]["bytes"]) for a in large],
         [(32, "%02x00000002000000" % n) for n in range(12)]))
    bad = 0
    for name, got, wanted in cases:
        if got != wanted:
            bad += 1
            print("%s: %s, not %s" % (name, got, wanted))
    return bad


def main():
    bad = told_by_callers("gcc", "gold") + told_by_callers("clang", "lld")
    bad += fanned() + as_bytes()
    for compiler, linker in ("gcc", "gold"), ("clang", "lld"):
        exe = session.executable("values", compiler, linker)
        with fixtures.live(exe) as target:
            bad += locals_of(target, compiler)
        with fixtures.dead(exe) as target:
            bad += locals_of(target, compiler)
            bad += registers(target)
            text = seam(target, "--args", "2")
            if "\n        chan = " not in text or " row = " in text:
                bad += 1
                print("%s: --args: %s" % (target, text))
    print("%d wrong" % bad)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
