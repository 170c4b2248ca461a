# SPDX-License-Identifier: BSD-2-Clause
"""Answers from plain data: id lists, times, which frames to show."""

import bisect
import re
from collections import namedtuple

# As many digits as the runtime's ids may have.
_RANGE = r'([0-9]{1,19})(?:-([0-9]{1,19}))?'


def parse_ids(words):
    """Ranges [(first, last)] of an ID-LIST such as `1 3-7`.

    ValueError says in words what is wrong with it.
    """
    ranges = []
    for word in words:
        match = re.fullmatch(_RANGE, word)
        first = int(match.group(1)) if match else 0
        if not first:
            raise ValueError('Invalid goroutine ID: %s' % word)
        last = int(match.group(2) or first)
        if last < first:
            raise ValueError('inverted range: %s' % word)
        ranges.append((first, last))
    return ranges


def pattern(text):
    """The compiled regular expression TEXT; ValueError says what is wrong
    with it."""
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError('Invalid regexp: %s' % error) from None


def select(snapshot, ranges):
    """The goroutines in RANGES, ascending; (chosen, absent).

    ABSENT has the ranges of ids that no goroutine has, as Absent.
    """
    ids = [g.id for g in snapshot.goroutines]
    absent = [absent for range_ in ranges for absent in _absent(ids, *range_)]
    chosen = [g for g in snapshot.goroutines
              if any(first <= g.id <= last for first, last in ranges)]
    return chosen, absent


# Ids that were asked for and that no goroutine has: FIRST to LAST or, where
# MORE is not 0, so many more of these.
Absent = namedtuple('Absent', 'first last more')

GAPS_MOST = 3   # of a range are told one by one


def _absent(ids, first, last):
    gaps = list(_gaps(ids, first, last))
    yield from (Absent(*gap, 0) for gap in gaps[:GAPS_MOST])
    more = sum(1 + b - a for a, b in gaps[GAPS_MOST:])
    if more:
        yield Absent(first, last, more)


def _gaps(ids, first, last):
    """What of FIRST to LAST is not in IDS, ascending, as ranges."""
    start = bisect.bisect_left(ids, first)
    for id_ in ids[start:bisect.bisect_right(ids, last)]:
        if first < id_:
            yield first, id_ - 1
        first = id_ + 1
    if first <= last:
        yield first, last


def now(snapshot, reading):
    """The Clock to tell times by, and the tick that counts as now.

    READING is (ticks, ns) of a live target's clocks. For a core, where it is
    None, now is the latest that anything in it remembers.
    """
    clock = snapshot.clock
    if reading is not None and clock.first_ticks:
        clock = clock._replace(last_ticks=reading[0], last_ns=reading[1])
    return clock, max(snapshot.latest, clock.last_ticks)


class Elapsed:
    """How long ago a tick of CLOCK was at NOW_ (ticks)."""

    def __init__(self, clock, now_):
        self._ticks = clock.last_ticks - clock.first_ticks
        self._ns = clock.last_ns - clock.first_ns
        self._now = now_
        self._known = self._ticks > 0 and self._ns > 0

    def of(self, since):
        """Nanoseconds, or None when unknown."""
        if not since or not self._known:
            return None
        ago = (self._now - since) * self._ns // self._ticks
        return ago if ago > 0 else 0


def number_segments(goroutine):
    """[(number, segment, sp)] newest first; 1 is the oldest.

    sp is where the goroutine stands, or left the segment. A chain that was
    cut off counts from what is there.
    """
    count = len(goroutine.segments)
    sp = goroutine.sp
    numbered = []
    for index, segment in enumerate(goroutine.segments):
        numbered.append((count - index, segment, sp))
        sp = segment.boundary
    return numbered


# What a frame on a goroutine's stack is: the user's, the runtime's own, its
# stack-switching code, that code where two segments meet, or a library's that
# the user or the runtime called.
USER, OWN, SWITCH, SEAM, LIBRARY = range(5)
NOT_OWN = USER, LIBRARY


def user_at_top(frames, kind):
    """FRAMES without those of the libraries that the runtime called.

    These have the runtime's below them, and no frame of the user's above. A
    library that a goroutine has as its function is the user's.
    """
    frames, top = iter(frames), []
    for frame in frames:
        top.append((frame, kind(frame)))
        if top[-1][1] == USER:
            break
    whole = not top or top[-1][1] != USER
    own = max((i for i, (_, what) in enumerate(top)
               if what not in NOT_OWN), default=0)
    yield from (frame for i, (frame, what) in enumerate(top)
                if whole or i >= own or what != LIBRARY)
    yield from frames


def fold(frames, kind):
    """The frames that a reader of a goroutine's stack wants.

    FRAMES is an iterator, innermost first; no more is taken from it than the
    result asks for. Of the runtime's frames at the top the outermost is kept:
    the function that the user called; where there are no others, that is where
    each goroutine begins, and the one before it is kept too: the goroutine's
    function has left for it. Elsewhere they are left out, and so is
    what they called in libraries. Gives
    (frame, seam): SEAM is the frame that joins FRAME's segment to that of the
    next frame given, or None.
    """
    held = seam = left_for = None
    top = True
    for frame in user_at_top(frames, kind):
        what = kind(frame)
        if what in NOT_OWN:
            if held is not None:
                yield held, seam
            held, seam, top = frame, None, False
        elif what == SEAM:
            seam = frame
        elif top:
            left_for, held, seam = held, frame if what == OWN else None, None
    if top and left_for is not None:
        yield left_for, None
    if held is not None:
        yield held, None
