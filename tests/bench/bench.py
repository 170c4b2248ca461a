# SPDX-License-Identifier: BSD-2-Clause
"""
The driver of `make bench-runtime`: all programs of the rows in turn, round
after round, then a table of medians of each turn's ratios.

    python3 tests/bench/bench.py run [--rows A,B] [--rounds N] FOLDER
    python3 tests/bench/bench.py programs [--rows A,B] FOLDER

FOLDER has the programs; one that could not be built has its compiler's words
in PROGRAM.log. A row is selected by its name, or by a prefix that ends in '*'.
Exit status: 0 when the table was printed, whatever it says; 64 usage.
"""
import argparse
import contextlib
import fnmatch
import itertools
import os
import pathlib
import re
import subprocess
import sys

from rows import HELD, ROWS, TURNS
from verdict import FORMAT, HEAD, row_lines, summary

TIMEOUT_S = 180
LOAD = "load"
LOAD_WORKS = "rate", "memory"

# A virtual machine's host takes memory back that has been free for seconds,
# and to get it again costs more than the page. So works that are timed while
# they take this much find it there, whoever ran before.
MEMORY_WORKS = "sleepers",
MEMORY_BYTES = 3 << 30


def main():
    args = parse_args()
    rows = select(args.rows)
    if args.action == "programs":
        for program in programs(all_series(rows)):
            print(args.folder / program)
        return 0
    numbers, failed = run_rounds(args.folder, all_series(rows), args.rounds)
    print_table(rows, numbers, failed)
    return 0


def parse_args():
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("action", choices=("run", "programs"))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", default="")
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args()


def select(names, rows=ROWS):
    if not names:
        return rows
    wanted = names.split(",")
    for name in wanted:
        if not any(fnmatch.fnmatch(row.name, name) for row in rows):
            sys.exit("bench: no row '%s'; there are: %s"
                     % (name, " ".join(row.name for row in rows)))
    return [row for row in rows
            if any(fnmatch.fnmatch(row.name, name) for name in wanted)]


def all_series(rows):
    """Each once, in the rows' order, so that rivals run next to each other."""
    found = {}
    for row in rows:
        for series in (row.ours, *(g.against for g in row.goals),
                       *row.others):
            if series is not None:
                found[series] = None
    return list(found)


def programs(series):
    found = {one.program for one in series}
    if any(one.work in LOAD_WORKS for one in series):
        found.add(LOAD)
    return sorted(found)


def run_rounds(folder, series, rounds):
    """Every series in its turns of each round. One that fails is left out
    from then on."""
    numbers, failed = {}, {}
    for number in range(1, rounds + 1):
        for turn, one in in_turn(series, number):
            if one in failed:
                continue
            progress("round %d of %d: %s %s %d" % (number, rounds, *one))
            try:
                with processors(one, turn + number // 2):
                    numbers.setdefault(one, []).append(run(folder, one))
            except RuntimeError as error:
                failed[one] = str(error)
                numbers.pop(one)
    progress("")
    return numbers, failed


def in_turn(series, number):
    """Each of round NUMBER, and in which of its turns: there and back, for who
    runs first may gain by it."""
    for turns, group in itertools.groupby(
            series, lambda one: TURNS.get(one.work, 1)):
        group = list(group)
        for turn in range(turns):
            there = (turn + number) % 2
            for one in group if there else reversed(group):
                yield turn, one


@contextlib.contextmanager
def processors(series, number):
    """What is for one and has turns runs on one, which others disturb more or
    less than the next: now on this, now on that, rivals on the same."""
    every = os.sched_getaffinity(0)
    if series.procs == 1 and series.work in HELD:
        os.sched_setaffinity(0, {sorted(every)[number % len(every)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def run(folder, series):
    program = folder / series.program
    if not program.exists():
        raise RuntimeError(why_not_built(program))
    if series.work in MEMORY_WORKS:
        touch_memory(MEMORY_BYTES)
    env = dict(os.environ, SEAM_MAXPROCS=str(series.procs),
               GOMAXPROCS=str(series.procs))
    try:
        done = subprocess.run(
            command(folder, series), env=env, timeout=TIMEOUT_S,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
            universal_newlines=True)
    except subprocess.TimeoutExpired:
        raise RuntimeError("no end after %d s" % TIMEOUT_S) from None
    if done.returncode != 0:
        raise RuntimeError(why_failed(done))
    try:
        return float(done.stdout)
    except ValueError:
        raise RuntimeError("prints no number") from None


def touch_memory(size):
    """Have so many bytes for a moment, each of them written to."""
    return len(b"\1" * size)


def command(folder, series):
    """A server is measured from outside, by its load."""
    program = str(folder / series.program)
    if series.work in LOAD_WORKS:
        return [str(folder / LOAD), program, series.work]
    return [program, series.work]


def why_not_built(program):
    """With the name that the first error is about."""
    log = program.with_name(program.name + ".log")
    text = log.read_text(errors="replace") if log.exists() else ""
    found = re.search(r"(?:error:|undefined)[^\n]*?"
                      r"(?:['`\u2018]|symbol: )(\w+)", text)
    return "not built, no %s" % found.group(1) if found else "not built"


def why_failed(done):
    words = done.stderr.strip().splitlines()
    if done.returncode < 0:
        return "killed by signal %d" % -done.returncode
    return words[0][:60] if words else "exit status %d" % done.returncode


def progress(text):
    """For somebody who watches a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()


def print_table(rows, numbers, failed):
    print((FORMAT % HEAD).rstrip())
    verdicts = []
    for row in rows:
        lines, found = row_lines(row, numbers, failed)
        verdicts += found
        for line in lines:
            print(line.rstrip())
    print(summary(verdicts))


if __name__ == "__main__":
    sys.exit(main())
