# SPDX-License-Identifier: BSD-2-Clause
"""
The rows of `make bench-gdb`: what is asked of how many goroutines or threads,
and what we want. docs/performance.md says what each is.
"""
from inspector_rows import look, over, row, under  # noqa: F401

MANY, SOME = 100000, 1000


def ours(work, crowd=MANY):
    return look("seam", work, crowd)


ROWS = (
    row("list-live", "info goroutines, 100,000, live", "s",
        ours("list-live"), under(1), under(0.1, look("go", "list-live", MANY)),
        others=(ours("lone-live"),)),
    row("list-core", "info goroutines, 100,000, core", "s",
        ours("list-core"), under(1), under(0.1, look("go", "list-live", MANY)),
        others=(ours("lone-core"),)),
    row("list1000", "info goroutines, 1,000, live", "s",
        ours("list-live", SOME), under(1, look("gdb", "list-live", SOME))),
    row("group-live", "info goroutines -group, 100,000, live", "s",
        ours("group-live"), under(3)),
    row("group-core", "info goroutines -group, 100,000, core", "s",
        ours("group-core"), under(3)),
    row("alone-live", "the same without the inspector, live", "s",
        ours("alone-live"), under(3)),
    row("alone-core", "the same without the inspector, core", "s",
        ours("alone-core"), under(3)),
    row("select", "goroutine N, bt, with 100,000", "ms",
        ours("select-live"), under(50),
        under(1.5, ours("select-live", SOME)),
        others=(ours("select-first"),)),
    row("apply", "goroutine apply all bt, 1,000", "s",
        ours("apply-live", SOME), under(0.5, look("gdb", "apply-live", SOME))),
    row("start", "the script, in a program without goroutines", "ms",
        ours("start", 1), under(20)),
    row("step", "a step while 1,000 goroutines exist", "ms",
        ours("step", SOME), under(1.2, look("gdb", "step", SOME))),
    row("quit-list", "^C in info goroutines, 100,000", "s",
        ours("quit-list"), under(0.3)),
    row("quit-group", "^C in info goroutines -group", "s",
        ours("quit-group"), under(0.3)),
    row("quit-alone", "the same without the inspector", "s",
        ours("quit-alone"), under(0.3)),
    row("quit-apply", "^C in goroutine apply all bt", "s",
        ours("quit-apply"), under(0.3)),
)
