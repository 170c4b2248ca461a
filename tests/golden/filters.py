# SPDX-License-Identifier: BSD-2-Clause
"""The cases of filter.txt."""
import pathlib
import re
from collections import namedtuple

PATH = pathlib.Path(__file__).resolve().with_name("filter.txt")

# A filter that is none; AT is the character that is wrong.
Mistake = namedtuple("Mistake", "filter at what")


def read():
    """({fixture: [(ids, filter)]}, [Mistake])."""
    kept, mistakes, lines = {}, [], None
    for line in PATH.read_text(encoding="utf-8").splitlines():
        if line and line[0].isalpha():
            lines = kept.setdefault(line, [])
        elif line.startswith("    "):
            lines.append(line[4:])
    wrong = kept.pop("mistakes")
    for text, pointer in zip(wrong[::2], wrong[1::2]):
        before, _, what = pointer.partition("^ ")
        mistakes.append(Mistake(text, len(before), what))
    return {fixture: [case(line) for line in lines]
            for fixture, lines in kept.items()}, mistakes


def case(line):
    ids, text = re.fullmatch(r"(-|\d[\d ]*?) +(\D.*)", line).groups()
    return [int(i) for i in ids.replace("-", "").split()], text


def pointed(mistake):
    """As it is shown."""
    return "%s\n    %s\n    %s^" % (mistake.what, mistake.filter,
                                    " " * mistake.at)
