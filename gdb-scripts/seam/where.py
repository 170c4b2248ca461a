# SPDX-License-Identifier: BSD-2-Clause
"""Where parked goroutines are, without unwinding each one.

A goroutine parks in one of a few ways, and the frames of the runtime between
there and the user's code have fixed sizes. So each way is unwound once, by
WALK, which also tells in which words of the stack the return addresses lay.
Another goroutine with the same return addresses in the same words parked in
the same way; only the last address, in the user's code, may be new, and is
then unwound once.

The distances are from where the goroutine stands in its newest segment, or
left an older one. They hold because the runtime's own code has neither
alloca nor arrays of variable length.
"""

import struct
from collections import namedtuple

from .model import Unreadable

# What WALK(goroutine) gives: the words [(address, value)] that the return
# addresses lay in, innermost first, up to that into the user's code; the
# Place there, None when the runtime's own code was all there was. TRUSTED
# says whether the walk came to an end that another goroutine's would too.
Walk = namedtuple('Walk', 'words place trusted')


UNKNOWN = object()


class _Way:
    """One way to park: in which words the return addresses lie."""

    def __init__(self, parts):
        self.parts = parts      # [(segment index, Struct of words in it)]
        self.places = {}        # by the values of all words
        self._last = parts[-1][0]

    def values(self, memory, goroutine):
        """What GOROUTINE has in the words; None: not parked so."""
        segments, sp = goroutine.segments, goroutine.sp
        if (len(segments) <= self._last
                or not segments[0].low <= sp < segments[0].end):
            return None
        if self._last == 0:
            return memory.unpack(self.parts[0][1], sp)
        return sum((memory.unpack(words, _stand(goroutine, index))
                    for index, words in self.parts), ())


class Where:
    """Answers for one snapshot."""

    def __init__(self, memory, walk):
        self._memory = memory
        self._walk = walk
        # By the pc and what is waited for: few ways are tried for each.
        self._ways = {}

    def of(self, goroutine):
        """The Place of a parked goroutine; None: in the runtime alone."""
        try:
            for way in self._ways.get((goroutine.pc, goroutine.reason), ()):
                place = way.places.get(way.values(self._memory, goroutine),
                                       UNKNOWN)
                if place is not UNKNOWN:
                    return place
        except Unreadable:
            pass
        return self._learn(goroutine)

    def _learn(self, goroutine):
        walk = self._walk(goroutine)
        if walk.trusted and walk.words:
            self._keep(goroutine, walk)
        return walk.place

    def _keep(self, goroutine, walk):
        slots = [_slot(goroutine, addr) for addr, _ in walk.words]
        values = tuple(value for _, value in walk.words)
        if None in slots or slots != sorted(set(slots)):
            return
        parts = _parts(slots)
        ways = self._ways.setdefault((goroutine.pc, goroutine.reason), [])
        way = next((w for w in ways if _same(w.parts, parts)), None)
        if way is None:
            way = _Way(parts)
            if way.values(self._memory, goroutine) != values:
                return
            ways.append(way)
        way.places[values] = walk.place


def _stand(goroutine, index):
    """Where the goroutine stands in its segment INDEX, 0 the newest."""
    if index == 0:
        return goroutine.sp
    return goroutine.segments[index - 1].boundary


def _slot(goroutine, addr):
    """(segment index, distance) of the word at ADDR, or None."""
    for index, segment in enumerate(goroutine.segments):
        if segment.low <= addr < segment.end:
            distance = addr - _stand(goroutine, index)
            return (index, distance) if distance >= 0 else None
    return None


def _parts(slots):
    """SLOTS, ascending, as [(segment index, Struct)]."""
    formats = {}
    for index, distance in slots:
        code, end = formats.get(index, ('<', 0))
        formats[index] = ('%s%dxQ' % (code, distance - end), distance + 8)
    return [(index, struct.Struct(code))
            for index, (code, _) in sorted(formats.items())]


def _same(parts, others):
    return ([(index, words.format) for index, words in parts]
            == [(index, words.format) for index, words in others])
