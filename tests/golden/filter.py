#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The filters of filter.txt keep the same goroutines in seam, from a core and
live, and in gdb, and their mistakes are told in the same words.
"""
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "gdb"))
import filters  # noqa: E402
import session  # noqa: E402
from session import fixtures  # noqa: E402

SEAM = fixtures.BUILD / "seam"


def seam(target, *words):
    where = [target.core, target.exe] if target.core else [
        "-p", str(target.pid)]
    return subprocess.run([SEAM, "list", *where, *words], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding="utf-8")


def ids_of(table):
    return [int(i) for i in re.findall(r"(?m)^[* ] (\d+) ", table)]


def compare(what, wanted, got):
    if wanted == got:
        return 0
    print("%s: %s, not %s" % (what, got, wanted))
    return 1


def by_seam(target, cases):
    wrong = 0
    for ids, text in cases:
        done = seam(target, text)
        if ids_of(done.stdout) != ids or done.returncode:
            print(done.stderr)
        wrong += compare("%s: seam list '%s'" % (target, text),
                         (ids, 0), (ids_of(done.stdout), done.returncode))
    return wrong


def by_gdb(target, cases):
    texts = [text for _, text in cases]
    tables = session.run(["info goroutines " + text for text in texts],
                         target.exe, target.core)
    return sum(compare("%s: info goroutines %s" % (target, text), ids,
                       ids_of(table))
               for (ids, text), table in zip(cases, tables))


def mistakes(target, wrong):
    bad = 0
    for m in wrong:
        if not re.search("[=<>~!&|(]", m.filter):
            continue    # seam takes it for a file's name
        done = seam(target, m.filter)
        bad += compare("seam list '%s'" % m.filter,
                       (2, "", "seam: %s\n" % filters.pointed(m)),
                       (done.returncode, done.stdout, done.stderr))
    said = session.run(["info goroutines " + m.filter for m in wrong],
                       target.exe, target.core)
    return bad + sum(compare("info goroutines %s" % m.filter,
                             filters.pointed(m), text)
                     for m, text in zip(wrong, said))


# What no goroutine of the runtime can be.
REASONS = ("chan send, chan receive, select, mutex lock, rwlock read, rwlock "
           "write, condition, waitgroup, once, join, sleep, stop, read, write, "
           "accept, connect, read or write")
WORDS = [
    filters.Mistake("state == sleeping", 9, "no goroutine's state is "
                    "'sleeping': runnable, running, waiting"),
    filters.Mistake("id > 1 && state != dead", 19, "no goroutine's state is "
                    "'dead': runnable, running, waiting"),
    filters.Mistake('state ~ "sl*"', 8, "no goroutine's state is 'sl*': "
                    "runnable, running, waiting"),
    filters.Mistake("reason == chan", 10,
                    "no goroutine's reason is 'chan': " + REASONS),
]


def main():
    kept, wrong = filters.read()
    wrong += WORDS
    bad = 0
    for fixture, cases in kept.items():
        exe = session.executable(fixture)
        with fixtures.dead(exe) as target:
            bad += by_seam(target, cases) + by_gdb(target, cases)
        if fixture == "parked":
            with fixtures.dead(exe) as target:
                bad += mistakes(target, wrong)
            with fixtures.live(exe) as target:
                bad += by_seam(target, cases)
    print("%d filters, %d mistakes, %d unlike" % (
        sum(map(len, kept.values())), len(wrong), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
