#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
seam whatis tells of addresses that other commands have printed what they are.
"""
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from check import EXE, damage, expect, fixtures, seam  # noqa: E402

LEFT = fixtures.BUILD / "fixtures" / "left-gcc-gold"


def number(pattern, *argv):
    """The address that seam prints where PATTERN says."""
    _, text = seam(*argv)
    return int(re.search(pattern, text).group(1), 16)


def look(where):
    """What is wrong with what is told of a target."""
    end = number(r"1  0x\w+-(0x\w+) ", "segments", *where, 4)
    full = number(r"channel (0x\w+): 1 of 1", "channels", *where)
    group = number(r"waitgroup (0x\w+)", "mutexes", *where)
    pc = number(r"(0x\w+) in counter", "stacks", "--raw", *where, 4)
    sp = number(r"above its sp, (0x\w+)", "whatis", *where, hex(end - 200))
    words = (
        (end - 8, "goroutine 4: segment 1 of 1, .*\n    its Stktop, "),
        (sp, "in the frame of .* at .*, 0x0 bytes above its sp"),
        (end - 1600, "0x0 bytes above its low end\n    in no frame"),
        (full + 4, "channel %#x: 0x4 bytes into it" % full),
        (group, "waitgroup %#x: 0x0 bytes.*\nvariable group\n" % group),
        (group + 8, r"\nvariable group\+8\n"),
        (pc, "^code of counter at objects.c:.*\nmapping .* of .*objects-gcc"),
        (0x10, "^0x10 is outside any mapping$"),
    )
    wrong = sum(expect(text, 0, "whatis", *where, hex(address))
                for address, text in words)
    return wrong + expect("channel %#x: 0x4 bytes" % full, 0, "whatis",
                          "%x" % (full + 4), *where)


def expect_named(name, address, where):
    """It is memory of no file, and nothing else."""
    return expect(r"^(thread .*\n)?mapping 0x\w+-0x\w+ of \[%s\]$" % name, 0,
                  "whatis", *where, hex(address))


def look_at_names(pid):
    """What the kernel has names for."""
    maps = pathlib.Path("/proc/%d/maps" % pid).read_text()
    found = re.findall(r"(?m)^(\w+)-.*\[(heap|stack|vsyscall)\]$", maps)
    return sum(expect_named(name, int(low, 16), ["-p", pid])
               for low, name in found) + (len(found) < 2)


def look_behind(folder):
    """What has ended, and what was left, is told of too."""
    found, _ = fixtures.make_core(LEFT, folder)
    at = ("allg", "allg->stacklo + 64", "allg->alllink->stackbase->next->lo + 8")
    words = (
        r"^goroutine 2, which has ended: its struct at 0x\w+, 0x0 bytes into it",
        r"^goroutine 2, which has ended: its segment, 0x\w+-0x\w+, 0x40 bytes "
        "above its low end",
        r"^goroutine 1: a segment that it has left, and keeps, 0x\w+-0x\w+, 0x8 "
        "bytes above its low end")
    asked = ["(unsigned long)(%s)" % e for e in at]
    core = damage.Core(LEFT, found, folder / "none", asked)
    return sum(expect(text, 0, "whatis", found, LEFT, hex(core.value(e)))
               for e, text in zip(asked, words))


def main():
    with tempfile.TemporaryDirectory() as folder:
        core, _ = fixtures.make_core(EXE, folder)
        wrong = look([core, EXE])
        end = "*(unsigned long *)&__libc_stack_end"
        known = damage.Core(EXE, core, folder + "/none", [end])
        wrong += expect_named("stack", known.value(end), [core, EXE])
    with tempfile.TemporaryDirectory() as folder:
        wrong += look_behind(pathlib.Path(folder))
    with fixtures.live(EXE) as target:
        wrong += look(["-p", target.pid])
        wrong += look_at_names(target.pid)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
