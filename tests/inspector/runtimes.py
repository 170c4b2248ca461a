#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
seam --runtime FILE: a description of a user's own, its mistakes, and that none
keeps seam from ending. Cores of our own runtime and of gccgo's are looked at
through descriptions that say the same in other words, or what is not so.
"""
# timeout: 240
import json
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "parity"))
import fixtures  # noqa: E402
import gccgo  # noqa: E402

SEAM = fixtures.BUILD / "seam"
RUNTIMES = HERE.parent.parent / "inspector" / "layout" / "runtimes"
OURS = (RUNTIMES / "seam.rt").read_text()
GCCGO = (RUNTIMES / "gccgo.rt").read_text()
TIMEOUT_S = 60
# What is known of gccgo's goroutines does not answer these.
NO_ANSWER = ("waits", "channels", "mutexes", "fds", "timers", "check")


class Looking:
    """Looks at a target, by descriptions in files of FOLDER."""

    def __init__(self, folder, where):
        self.file = pathlib.Path(folder, "own.rt")
        self.where = list(map(str, where))

    def seam(self, text, command, *more):
        """Status, output, errors; TEXT describes the runtime, if it is one."""
        own = []
        if text is not None:
            self.file.write_text(text)
            own = ["--runtime", "own.rt"]
        done = subprocess.run(
            [SEAM, command, *own, *self.where, *more],
            cwd=self.file.parent, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, universal_newlines=True, check=False,
            timeout=TIMEOUT_S)
        return done.returncode, done.stdout, done.stderr


def say(text, noun, words):
    """TEXT with other words for NOUN; None: with none."""
    line = r"(?m)^%s\s*=.*\n" % re.escape(noun)
    rest, n = re.subn(line, "", text)
    return rest + ("" if words is None else "%s = %s\n" % (noun, words))


def same_in_other_words(look):
    """What is calculated is what a member has."""
    wanted = look.seam(None, "stacks")
    other = OURS
    for noun, words in (
            ("goroutine.id", "(goid + 1000) * 2 / 2 - 1000"),
            ("goroutine.machine", "nosuch->thing[3] ?? m"),
            ("goroutine.pc", "sched.pc ^ 0"),
            ("goroutine.sp", "@word(&sched.sp)"),
            ("goroutine.state", "'nosuch'[2].x ?? status & 0xff"),
            ("goroutine.entry", "0 ? 1 / 0 : entry"),
            ("goroutine.creator", "@word(@self + (&gopc - @self))")):
        other = say(other, noun, words)
    if look.seam(other, "stacks") != wanted:
        yield "in other words: %s" % (look.seam(other, "stacks"),)
    status, text, _ = look.seam(say(OURS, "goroutine.id", "goid + 500"),
                                "list")
    if status or not re.search(r"(?m)^ +501 ", text):
        yield "500 more: status %d, %s" % (status, text)
    status, text, _ = look.seam(say(OURS, "goroutine.state",
                                    "m->curg->status"), "list")
    if status not in (0, 1) or not re.search(r"(?m)^ +1 ", text):
        yield "through pointers: status %d, %s" % (status, text)


def mistakes(look):
    """Each with its line, and where in it."""
    bad = len(OURS.split("\n"))
    for text, message, line, column in (
            (OURS + "goroutine.top = 1\n", "is said in line",
             "goroutine.top = 1", 0),
            (OURS + "goroutine.tpo = 1\n", "there is no noun 'goroutine.tpo'",
             "goroutine.tpo = 1", 0),
            (OURS + "  words\n", "is not of the form", "  words", 2),
            (say(OURS, "goroutine.id", "goid +  # one"), "is missing",
             "goroutine.id = goid +  # one", 21),
            (say(OURS, "goroutine.id", "sched + 1"), "this is not a number",
             "goroutine.id = sched + 1", 15),
            (say(OURS, "goroutine.id", "goid.x + 1"),
             "what has this member is no struct",
             "goroutine.id = goid.x + 1", 20),
            (say(OURS, "goroutine.id", "goid->x"), "is no pointer",
             "goroutine.id = goid->x", 19),
            (say(OURS, "goroutine.id", "goid[0]"), "is no array",
             "goroutine.id = goid[0]", 19),
            (say(OURS, "goroutine.id", "name[4096] + 0"), "the last is [",
             "goroutine.id = name[4096] + 0", 20),
            (say(OURS, "goroutine.wait", "wait + 1"), "and nothing else",
             "goroutine.wait = wait + 1", 17),
            (say(say(OURS, "state.type", None), "state.words", "0:a b"),
             "'b' is not of the form", "state.words = 0:a b", 18),
            (say(OURS, "goroutine.next", "nonesuch"),
             "missing: member G.nonesuch", "goroutine.next = nonesuch", 17),
            (say(OURS, "goroutine.id", "goid + nosuch"),
             "missing: member G.nosuch", "goroutine.id = goid + nosuch", 15),
            (say(OURS, "goroutine.type", "Nonesuch"),
             "missing: struct Nonesuch", "goroutine.type = Nonesuch", 17),
            (say(OURS, "channel.count", "nonesuch"),
             "missing: member Chan.nonesuch", "channel.count = nonesuch", 16)):
        status, out, errors = look.seam(
            text, "waits" if "channel" in line else "list")
        lines = errors.split("\n")
        number = re.match(r"seam: own\.rt:(\d+):%d: " % (column + 1),
                          errors)
        if (status, out) != (2, "") or not number or message not in lines[0]:
            yield "%s: status %d, %s%s" % (line, status, out, errors)
        elif text.split("\n")[int(number.group(1)) - 1] != line:
            yield "%s: is in line %s of %d" % (line, number.group(1), bad)
        elif lines[1:] != ["    " + line, "    " + " " * column + "^", ""]:
            yield "%s: is shown as %s" % (line, errors)


def lacks(look):
    """What is not said, what is not there, and what is no description."""
    for text, message in (
            (say(OURS, "goroutine.id", None), "it does not say goroutine.id"),
            (say(OURS, "goroutine.next", None), "say goroutine.next"),
            (say(OURS, "state.type", None), "say state.type or state.words"),
            ("", "it is empty"),
            ("#" * 70000, "longer than 65536 bytes"),
            ("a = b\0", "zero byte"),
            (say(OURS, "goroutine.id", "goid + nosuch"),
             "missing: member G.nosuch"),
            (say(OURS, "goroutine.id", "'nosuch' + goid"),
             "missing: variable nosuch"),
            (GCCGO, "missing: symbol runtime.allgs, ")):
        status, out, errors = look.seam(text, "list")
        if (status, out) != (2, "") or message not in errors:
            yield "%s: status %d, %s" % (message, status, errors)


def ends_all_the_same(look):
    """Descriptions that lead in circles, or to what is none."""
    for noun, words in (
            ("goroutine.next", "alllink\ngoroutine.array = 0\n"
             "goroutine.count = 0 - 1"),
            ("goroutine.next", "waiton"),
            ("machine.next", "curg"),
            ("goroutine.top", "@self"),
            ("segment.next", "@self + 0"),
            ("segment.low", "0 + 0"),
            ("segment.boundary", "@word(8)"),
            ("segment.end", "@self - 1"),
            ("segment.end", "0 - 1"),
            ("goroutine.sp", "1 / 0"),
            ("goroutine.reason", "@self"),
            ("goroutine.reason.length", "0 - 1")):
        text = say(OURS, noun, words)
        status, _, errors = look.seam(text, "stacks")
        if status not in (0, 1, 2) or (status and not errors):
            yield "%s = %s: status %d, %s" % (noun, words, status, errors)


def other_enumerations(look):
    """gccgo's array, of absurd length, and one that is not there."""
    def ids(text):
        status, out, errors = look.seam(text, "list", "--json")
        listed = json.loads(out)["goroutines"] if status < 2 else []
        return status, [g["id"] for g in listed], errors

    status, all_ids, _ = ids(None)
    if status or len(all_ids) < 12:
        yield "all: status %d, %s" % (status, all_ids)
    status, some, errors = ids(say(GCCGO, "goroutine.count", "1 << 60"))
    if (status != 1 or set(all_ids) - set(some)
            or "the list ends here" not in errors):
        yield "2^60: status %d, %s, %s" % (status, some, errors)
    status, some, errors = ids(say(GCCGO, "goroutine.count", "2"))
    if status or len(some) > 2:
        yield "2: status %d, %s, %s" % (status, some, errors)
    status, some, errors = ids(say(GCCGO, "goroutine.array", "16"))
    if status != 2 or "0x10 is outside any mapping" not in errors:
        yield "nowhere: status %d, %s, %s" % (status, some, errors)
    status, _, errors = look.seam(
        say(GCCGO, "segment.next", "@self"), "segments")
    if status != 1 or "was met before" not in errors:
        yield "circle: status %d, %s" % (status, errors)


def commands(look):
    """Those that gccgo's goroutines can be asked, and those that not."""
    for command in NO_ANSWER:
        status, out, errors = look.seam(None, command)
        if (status, out) != (2, "") or not errors.startswith(
                "seam: %s: what is known of the gccgo runtime " % command):
            yield "%s: status %d, %s%s" % (command, status, out, errors)
    _, text, _ = look.seam(None, "segments")
    low = re.search(r"  1  (0x\w+)-", text).group(1)
    for command, more, wanted in (
            ("list", ['in("main.choose")'], r"select .* main.choose"),
            ("list", ['reason == "semacquire"'], r"waiting +semacquire"),
            ("list", ["segments > 100 && state == waiting"],
             r"chan receive .* main\.rec\S* parked.go:\d+ +2\d\d "),
            ("groups", ["--by", "creator"], r"main.begin"),
            ("groups", ["--folded"], r"main.descend;main.descend"),
            ("stacks", ["-n", "5"], r"created by main.begin at parked.go"),
            ("stacks", ["--args", 'in("main.choose")'], r"other = "),
            ("stacks", ["--threads"], r"thread \d+"),
            ("segments", ["segments > 100"], r"of +\d+ used  main\.des\S* parked"),
            ("threads", [], r"machine \d+, runs goroutine \d+"),
            ("whatis", [low], r"^goroutine \d+: segment 1 of \d+")):
        status, text, errors = look.seam(None, command, *more)
        if status or errors or not re.search(wanted, text):
            yield "%s %s: status %d, %s%s" % (command, more, status,
                                              text[:2000], errors)


def main():
    wrong = []
    exe = fixtures.BUILD / "fixtures" / "grown-gcc-gold"
    with tempfile.TemporaryDirectory() as folder:
        core, _ = fixtures.make_core(exe, folder)
        look = Looking(folder, [core, exe])
        for check in (same_in_other_words, mistakes, lacks,
                      ends_all_the_same):
            wrong += ["%s: %s" % (check.__name__, w) for w in check(look)]
    with tempfile.TemporaryDirectory() as folder:
        process = gccgo.start(fixtures.BUILD / "gccgo" / "parked", folder)
        try:
            look = Looking(folder, ["-p", process.pid])
            for check in (other_enumerations, commands):
                wrong += ["%s: %s" % (check.__name__, w)
                          for w in check(look)]
        finally:
            process.kill()
            process.communicate()
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
