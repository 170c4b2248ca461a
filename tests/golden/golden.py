#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The text of seam and of gdb's commands, compared with golden files: one set
for both. `make golden` (SEAM_GOLDEN=write) writes them anew from what seam
prints; gdb must print the same.
"""
import difflib
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "parity"))
import fixtures  # noqa: E402

FIXTURES = ("parked", "grown", "inlined", "overflow", "signalled")
# Of its stacks libc, which differs, has a part.
LISTED = ("aborted",)
# Of objects: live and from a core the same, in gdb, which asks seam, too.
OBJECTS = (("objects", "channels"), ("objects", "mutexes"),
           ("objects", "fds"), ("crossed", "mutexes"), ("crossed", "waits"),
           ("forgotten", "waits"), ("circle", "waits"))
IN_GDB = {"channels": "info channels", "mutexes": "info mutexes",
          "waits": "info waits", "fds": None}
# A view, which is seam's command, and gdb's, each of which must print it.
ALONE = "set seam inspector none"
VIEWS = (("list", ["info goroutines"]),
         ("groups", ["info goroutines -group"]),
         ("groups", [ALONE, "info goroutines -group"]),
         ("segments", ["info segments"]),
         ("stacks", ["goroutine apply all echo"]))
LISTS = (VIEWS[0], ("list", [ALONE, "info goroutines"]))
NORMAL = (
    (r"0x[0-9a-f]+", "<addr>"),
    (r"thread \d+ *", "thread <tid> "),
    (r"\b\d+(us|ms)\b", "<time>"),
    (r"\b\d+\.\d( m)?s\b", "<time>"),
    (r"\b\d+m\d\ds\b", "<time>"),
    (r"<time> to <time>", "<time>"),
    (r" +<time>", "  <time>"),
    (r"\[waiting, sleep, [^]]*\]", "[waiting, sleep, <time>]"),
)


# The runtime's own lines, which each change of it moves; the samples of the
# documents have them as they are.
OWN_LINE = (r"\b(chan|proc|time|wait|mutex|waitgroup|end)\.c:\d+",
            r"\1.c:<line>")


def lineless(text):
    return re.sub(*OWN_LINE, normal(text))


# How much of the newest segment is in use is not the same each time: a goroutine
# leaves its stack in one way or another.
CHAIN = re.compile(r": \d+ segments?, \d+ bytes$")
USED = (r" +\d+ of( +\d+)", r"  <n> of\1")


def normal(text):
    lines, newest = [], False
    for line in text.splitlines():
        if newest:
            line = re.sub(*USED, line)
        newest = CHAIN.search(line)
        line = re.sub(r"^\* ", "  ", line)  # gdb's current one
        for pattern, word in NORMAL:
            line = re.sub(pattern, word, line)
        lines.append(line.rstrip())
    return "\n".join(lines).strip("\n") + "\n"


def output(*argv):
    path = "%s:%s" % (fixtures.BUILD, os.environ["PATH"])
    return subprocess.run(argv, stdout=subprocess.PIPE,
                          env=dict(os.environ, PATH=path),
                          stderr=subprocess.DEVNULL, check=False,
                          universal_newlines=True).stdout


def by_seam(target, command):
    where = [target.core, target.exe] if target.core else [
        "-p", str(target.pid)]
    return output(fixtures.BUILD / "seam", command, *where)


def by_gdb(target, *commands):
    run = [word for command in commands for word in ("-ex", command)]
    text = output(
        "gdb", "-nx", "-batch", "-iex", "set width 0", "-iex",
        "set auto-load safe-path %s" % fixtures.SRC,
        "-ex", r'echo \nHERE\n', *run,
        "-ex", r"echo \nEND\n", target.exe,
        *([target.core] if target.core else ["-p", str(target.pid)]))
    return text.partition("\nHERE\n")[2].partition("\nEND\n")[0]


def by_both(text, view):
    """Of a view what gdb prints too: of stacks, what stands above them; not the
    signal, which gdb tells when it reads the core, nor up to when times count,
    which its help does."""
    if view != "stacks":
        return re.sub(r"^(signal .*\n\n)?((SINCE|times) .*\n\n)?", "", text)
    return "".join(line for line in text.splitlines(True)
                   if line.endswith("]:\n"))


def unlike(name, wanted, got):
    """Print the difference, if any."""
    if wanted == got:
        return 0
    sys.stdout.writelines(difflib.unified_diff(
        wanted.splitlines(True), got.splitlines(True), name.name, "got"))
    return 1


def compare(golden, text):
    """1 if the file's text is another; written anew where that is asked for."""
    if os.environ.get("SEAM_GOLDEN") == "write":
        golden.write_text(text)
    return unlike(golden, golden.read_text(), text)


def compare_views(exe, fixture, views=VIEWS):
    """How many views there are of a fixture's core, and how many are wrong."""
    wrong = 0
    with fixtures.dead(exe) as target:
        for view, commands in views:
            golden = HERE / ("%s-%s.txt" % (fixture, view))
            wrong += compare(golden, lineless(by_seam(target, view)))
            wrong += unlike(golden, by_both(golden.read_text(), view),
                            by_both(lineless(by_gdb(target, *commands)),
                                    view))
    return len(views), wrong


def compare_objects(exe, fixture, view):
    """The same for a view of objects, from a core and live."""
    golden, gdb = HERE / ("%s-%s.txt" % (fixture, view)), IN_GDB[view]
    with fixtures.dead(exe) as target:
        wrong = compare(golden, timeless(lineless(by_seam(target, view))))
        wrong += gdb is not None and compare_in_gdb(golden, target, gdb)
    with fixtures.live(exe) as target:
        wrong += unlike(golden, golden.read_text(),
                        timeless(lineless(by_seam(target, view))))
        wrong += gdb is not None and compare_in_gdb(golden, target, gdb)
    return 2, wrong


def compare_in_gdb(golden, target, command):
    return unlike(golden, golden.read_text(),
                  timeless(lineless(by_gdb(target, command))))


def timeless(text):
    """Without how long it waited, which a core may not know."""
    text = re.sub(r"^times count .*\n\n", "", text)
    text = re.sub(r"( \[\w+(?: \w+)?),  <time>(?! left)", r"\1", text)
    text = re.sub(r"(\[waiting, [^]]*?),  <time>", r"\1", text)
    return re.sub(r",  <time> left|, with a deadline", ", <deadline>", text)


def main():
    results = []
    for fixture in FIXTURES:
        results.append(compare_views(gcc_gold(fixture), fixture))
    for fixture in LISTED:
        results.append(compare_views(gcc_gold(fixture), fixture, LISTS))
    for fixture, view in OBJECTS:
        results.append(compare_objects(gcc_gold(fixture), fixture, view))
    count, wrong = map(sum, zip(*results))
    print("%d golden files, %d unlike" % (count, wrong))
    return 1 if wrong or not count else 0


def gcc_gold(fixture):
    return fixtures.BUILD / "fixtures" / (fixture + "-gcc-gold")


if __name__ == "__main__":
    sys.exit(main())
