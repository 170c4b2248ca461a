# SPDX-License-Identifier: BSD-2-Clause
"""
The rows of the table: which program does what work on how many processors,
which others do the same, and what ratio we want. docs/performance.md says what
each work is.
"""
import collections

# PROGRAM WORK with so many processors. It prints one number.
Series = collections.namedtuple("Series", "program work procs")

# Ours against another series, or against the bound itself (against None).
Goal = collections.namedtuple("Goal", "op bound against")

# Others are series printed beside it, without a goal.
Row = collections.namedtuple("Row", "name text unit ours goals others")


def row(name, text, work, procs, goals, others=(), ours="seam", unit="ns"):
    """A row whose peers do the same WORK on as many processors."""
    def series(peer):
        if isinstance(peer, Series):
            return peer
        return Series(peer, work, procs)
    return Row(name, text, unit, series(ours),
               tuple(Goal(op, bound, program and series(program))
                     for op, bound, program in goals),
               tuple(series(program) for program in others))


def under(bound, program="go"):
    return "<=", bound, program


def over(bound, program):
    return ">=", bound, program


def whole(name, compiler):
    """A program in a goroutine beside its plain build on a thread."""
    program = "%s-%s" % (name, compiler)
    return row(program, "all of %s, CPU time, by %s" % (name, compiler),
               "whole", 1, [under(1.05, program + "-plain")], ours=program,
               unit="s")


# What takes less long than the machine is disturbed has so many turns in each
# round, all series of a row as many; and those of HELD that are for one
# processor are held to one.
HELD = ("spawn", "spawn1000", "yield", "pingpong", "buffered", "stream",
        "select", "mutex", "contended", "hot", "hot-signals", "libc", "first",
        "warm", "whole")
TURNS = {**dict.fromkeys((*HELD, "tree", "pool"), 3), "whole": 9}

ROWS = (
    row("spawn", "spawn and end, one at a time", "spawn", 1,
        [under(0.15)],
        ["gccgo", "boost_context", "boost_fiber", "statethreads", "libgcc",
         "pthreads"]),
    row("spawn1000", "spawn and end, 1,000 at a time", "spawn1000", 1,
        [under(0.13)], ["gccgo", "boost_fiber", "pthreads"]),
    row("yield", "yield between two, 1 M", "yield", 1,
        [under(0.08)],
        ["gccgo", "boost_context", "boost_fiber", "statethreads", "pthreads"]),
    row("yield-2", "yield between two, 2 Ms", "yield", 2,
        [under(0.15)], ["gccgo"]),
    row("pingpong", "unbuffered ping-pong, 1 M", "pingpong", 1,
        [under(0.25)], ["gccgo", "boost_fiber", "pthreads"]),
    row("pingpong-2", "unbuffered ping-pong, 2 Ms", "pingpong", 2,
        [under(0.5)], ["gccgo"]),
    row("buffered", "ping-pong with buffers of 1", "buffered", 1,
        [under(0.3)], ["gccgo", "boost_fiber"]),
    row("stream", "through a buffer of 64, an element", "stream", 1,
        [under(0.5)], ["gccgo", "boost_fiber"]),
    row("select", "select over 4 channels", "select", 1,
        [under(0.5)], ["gccgo"], ours="seam_select"),
    row("mutex", "mutex, lock and unlock alone", "mutex", 1,
        [under(0.5)], ["gccgo", "boost_fiber", "pthreads"], ours="seam_mutex"),
    row("contended", "mutex that eight want", "contended", 1,
        [under(0.5)], ["gccgo", "boost_fiber", "pthreads"], ours="seam_mutex"),
    row("sleepers", "a million sleepers, CPU a sleep", "sleepers", 1,
        [under(0.5)]),
    row("parked100k", "bytes a parked goroutine, 100,000", "parked100k", 1,
        [under(2300, None), under(0.85)],
        ["gccgo", "boost_context", "boost_fiber", "statethreads"], unit="B"),
    row("parked1m", "bytes a parked goroutine, a million", "parked1m", 1,
        [under(2300, None), under(0.85)], ["boost_context"], unit="B"),
    row("hot", "a leaf's call across a seam, extra", "hot", 1,
        [under(0.45), under(0.25, "libgcc")],
        ["floor", Series("libgcc", "hot-signals", 1)],
        ours="seam_split"),
    row("libc", "call of libc (4 times extra: 5)", "libc", 1,
        [under(5, "floor")], ours="seam_split"),
    row("first", "1,000 frames in a fresh goroutine", "first", 1,
        [under(0.2, "libgcc"), under(0.1)],
        ["gccgo", "boost_context", "floor"], ours="seam_split"),
    row("warm", "1,000 frames where they were before", "warm", 1,
        [under(1)],
        ["floor", "libgcc", "gccgo", "boost_context"], ours="seam_split"),
    row("tree", "a tree of spawns, 2 Ms to 1", "tree", 2,
        [over(1.7, Series("seam_parallel", "tree", 1))],
        ["go", Series("go", "tree", 1)], ours="seam_parallel", unit="/s"),
    row("pool", "tasks for four workers, 2 Ms to 1", "pool", 2,
        [over(1.7, Series("seam_parallel", "pool", 1))],
        ["go", Series("go", "pool", 1)], ours="seam_parallel", unit="/s"),
    whole("lua", "gcc"), whole("lua", "clang"),
    whole("sqlite", "gcc"), whole("sqlite", "clang"),
    row("echo-rate", "echo, 10,000 connections, requests", "rate", 2,
        [over(1.3, "go")], ["gccgo", "floor_echo"], ours="seam_echo",
        unit="/s"),
    row("echo-memory", "echo, the server's resident bytes", "memory", 2,
        [under(0.5)], ["gccgo", "floor_echo"], ours="seam_echo", unit="B"),
)
