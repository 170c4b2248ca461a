# SPDX-License-Identifier: BSD-2-Clause
"""
The rows of `make bench-inspector`: what is measured, of how many goroutines or
threads, and what we want. docs/performance.md says what each is.
"""
import collections

from rows import Goal, Row

# What TOOL does with CROWD goroutines or threads. WORK names what is measured.
Look = collections.namedtuple("Look", "program work procs")

MILLION = 1000000


def look(tool, work, crowd):
    return Look(tool, work, crowd)


def row(name, text, unit, ours, *goals, others=()):
    return Row(name, text, unit, ours, goals, others)


def under(bound, against=None):
    return Goal("<=", bound, against)


def over(bound, against=None):
    return Goal(">=", bound, against)


ROWS = (
    row("groups1m", "groups, core, a million", "s",
        look("seam", "groups", MILLION), under(1.5)),
    row("groups100k", "groups, core, goroutines a second", "/s",
        look("seam", "groups-rate", 100000),
        over(150, look("dlv", "rate", 100000))),
    row("stacks100k", "stacks, core, goroutines a second", "/s",
        look("seam", "stacks-rate", 100000), over(500000),
        over(20, look("drgn", "rate", 5000)),
        over(20, look("lldb", "rate", 5000)),
        others=(look("gdb", "rate", 5000),)),
    row("unwinding", "unwinding alone, frames a second", "/s",
        look("ours", "unwinding", 100000), over(10e6),
        over(4, look("libdwfl", "unwinding", 100000))),
    row("list1m", "list, core, a million", "s",
        look("seam", "list", MILLION), under(1)),
    row("stop100k", "live, 100,000: stopped for all stacks", "ms",
        look("seam", "stopped", 100000), under(30)),
    row("stop1m", "live, a million: stopped for all stacks", "ms",
        look("seam", "stopped", MILLION), under(300)),
    row("live1m", "live, a million: groups", "s",
        look("seam", "live", MILLION), under(3)),
    row("start", "stacks, core with one goroutine", "s",
        look("seam", "stacks", 0), under(0.05)),
    row("memory", "groups, core: own bytes a goroutine", "B",
        look("seam", "memory", MILLION), under(200)),
    row("growth", "groups, core, a million to 1,000: each", "us",
        look("seam", "each", MILLION),
        under(1.25, look("seam", "each", 1000)),
        others=(look("seam", "each", 100000),)),
)
