# SPDX-License-Identifier: BSD-2-Clause
"""What a fixture says of itself: its `expect:` lines (fixtures/fixture.h)."""
import re

LIBC = "libc"  # stands for one or more frames of the C library
ENTRY = "gostart"  # the outermost frame of each goroutine

EXPECT = re.compile(r"expect: (\d+) (\w+)(?: \((.*?)\))?: (.*)")
REPEAT = re.compile(r"(\d+)\*\(([^()]*)\)")


class Goroutine:
    """A goroutine as a tool, or a fixture, tells it. chain: innermost first,
    reason: empty unless waiting, object: whether it waits on one."""

    def __init__(self, goid, state, reason, waits_on, chain):
        self.goid = goid
        self.state = state
        self.reason = reason
        self.object = waits_on
        self.chain = chain


def parse(source):
    """The goroutines that the text of a fixture expects, by goid."""
    return [Goroutine(int(goid), state, reason,
                      reason not in ("", "sleep"), parse_chain(chain))
            for goid, state, reason, chain
            in EXPECT.findall(join_lines(source))]


def join_lines(source):
    """Each expect: with the lines that it goes on over."""
    return re.sub(r"\n \* +(?!expect:)", " ", source.split("*/\n", 2)[1])


def parse_chain(text):
    flat = REPEAT.sub(repeat, text)
    return [name.strip() for name in re.split(r"(?:^| )< ", flat)]


def repeat(found):
    return " < ".join([found.group(2)] * int(found.group(1)))


def called(chain):
    """The chain for a tool that does not know of inlined calls."""
    return [name for name in chain if not name.endswith("/inlined")]


def difference(wanted, got):
    """Where the two chains part, in words; None if they do not."""
    got = list(got)
    for i, name in enumerate(wanted):
        if name == LIBC:
            following = wanted[i + 1]
            if following not in got[i + 1:]:
                return told(i, following, got)
            end = got.index(following, i + 1)
            got[i:end] = [LIBC]
        elif i >= len(got) or got[i] != name:
            return told(i, name, got)
    if len(got) > len(wanted):
        return told(len(wanted), "the end", got)
    return None


def told(i, wanted, got):
    return "frame %d: wanted %s, got %s in %s" % (
        i, wanted, got[i] if i < len(got) else "the end",
        " < ".join(got) or "nothing")


def of_thread(wanted, frames):
    """
    The difference between a chain and the frames of a thread that runs it:
    above its first function may stand the C library and a signal handler,
    __morestack at each seam, below the last the goroutine's entry, and that
    is all.
    """
    frames = [name for name in frames if name != "__morestack"]
    if wanted[0] not in frames:
        return told(0, wanted[0], frames)
    return difference(wanted + [ENTRY], frames[frames.index(wanted[0]):])
