# SPDX-License-Identifier: BSD-2-Clause
"""Goroutines that have something in common, as the inspector puts them
together."""

from collections import namedtuple

# Members are Goroutines, by id; states are States of them, the most frequent
# first. COMMON is what they have in common.
Group = namedtuple('Group', 'common members states')

# So many are in STATE and wait for REASON, LEAST to LONGEST nanoseconds or None.
State = namedtuple('State', 'count state reason least longest')


def groups(goroutines, common_of, waited_of):
    """The Groups of GOROUTINES that have the same COMMON_OF, large ones first,
    then those that begin first. WAITED_OF gives nanoseconds or None."""
    members = {}
    for goroutine in goroutines:
        members.setdefault(common_of(goroutine), []).append(goroutine)
    found = [Group(common, those, _states(those, waited_of))
             for common, those in members.items()]
    return sorted(found, key=lambda group: -len(group.members))


def _states(members, waited_of):
    waits = {}
    for goroutine in members:
        kind = goroutine.state, goroutine.reason
        waits.setdefault(kind, []).append(
            waited_of(goroutine.since) if goroutine.waiting else None)
    found = [_state(*kind, all_) for kind, all_ in waits.items()]
    return sorted(found, key=lambda state: -state.count)


def _state(state, reason, waited):
    known = [ns for ns in waited if ns is not None]
    return State(len(waited), state, reason, min(known, default=None),
                 max(known, default=None))


def runs(ids):
    """IDS, ascending, as [(first, how many without gaps)]."""
    found = []
    for id_ in ids:
        if found and id_ == sum(found[-1]):
            found[-1] = found[-1][0], found[-1][1] + 1
        else:
            found.append((id_, 1))
    return found


# A run of lines is one of RUN_LEAST or more, in which each is as the one PERIOD
# lines before it, PERIOD_MOST at most: functions that call each other. About
# RUN_SHOWN of them are shown.
RUN_LEAST, PERIOD_MOST, RUN_SHOWN = 100, 8, 10


def folded(lines):
    """LINES as (number, line, None), or, for what is left out of a run,
    (number, how many, period)."""
    at = 0
    while at < len(lines):
        period, length = _run(lines, at)
        if not period:
            yield at, lines[at], None
            at += 1
            continue
        shown = RUN_SHOWN - RUN_SHOWN % period or period
        for number in range(at, at + shown):
            yield number, lines[number], None
        yield at + shown, length - shown, period
        at += length


def _run(lines, at):
    """(period, length) of the run that begins AT; period 0: none does."""
    for period in range(1, PERIOD_MOST + 1):
        end = at + period
        while end < len(lines) and lines[end] == lines[end - period]:
            end += 1
        if end - at >= RUN_LEAST and end - at > period:
            return period, end - at
    return 0, 1
