# SPDX-License-Identifier: BSD-2-Clause
"""Plain data as text. Decides nothing, reads nothing.

The table and the segments read the same as the inspector's; the tests
compare both with the same files.
"""

import functools
from collections import namedtuple

LINE = 80           # what the table fits, where it can be
WHERE_LEAST = 24    # what where has of that at the least; and where it cannot
WHERE_ANYWAY = 28   # fit, so that less is left out
WHERE_MOST = 40     # one long name must not spread the whole table
REASON_LEAST = 14
FIXED = 29          # columns that are always as wide, and what is between all
FUNCTION_LEAST = 8  # what is left of it by a long file
CELLS_KEPT = 4096   # of those beside each other that many rows have in common

# One line of the table. since is in nanoseconds or None, where a place or None;
# reason and name are '' where there is nothing to say.
Row = namedtuple('Row',
                 'current id state reason since where segments bytes name')

# What a goroutine waits for: '' if unknown, the address of what it waits on
# or 0, for how many nanoseconds or None.
Wait = namedtuple('Wait', 'reason object since')


# How many, and whether there are more that were not counted.
Count = namedtuple('Count', 'count more')


def table(rows):
    """`info goroutines`. Most columns are as wide as what stands in them."""
    columns = Row(*zip(*rows))
    id_ = _width('ID', [max(columns.id)])
    reason_ = _width(REASON_LEAST * ' ', set(columns.reason))
    bytes_ = _width('BYTES', [max(columns.bytes)])
    room = (LINE - FIXED - id_ - reason_ - bytes_
            - _width('NAME', set(columns.name)))
    room = min(room, WHERE_MOST) if room >= WHERE_LEAST else WHERE_ANYWAY
    wheres = {place_: where(place_, room) for place_ in set(columns.where)}
    where_ = _width('WHERE', wheres.values())
    line = '%%s %%-%ds%%s%%6s%%s' % id_

    @functools.lru_cache(maxsize=CELLS_KEPT)
    def does(state_, reason):
        return ' %-8s %-*s ' % (state_, reason_, reason or '-')

    @functools.lru_cache(maxsize=CELLS_KEPT)
    def stands(stands_at, segments_, size, name):
        return '  %-*s %4s %*s  %s\n' % (where_, stands_at or '-', segments_,
                                         bytes_, size, name or '-')
    head = line % (' ', 'ID', does('STATE', 'REASON'), 'SINCE',
                   stands('WHERE', 'SEGS', 'BYTES', 'NAME'))
    return head + ''.join([
        line % ('*' if current else ' ', number, does(state_, reason),
                duration(since), stands(wheres[place_], segments_, size, name))
        for (current, number, state_, reason, since, place_, segments_, size,
             name) in rows])


def first_rows(text, most):
    """Of TEXT, a table, the first MOST rows, and how many more there are;
    None: all."""
    lines = text.split('\n')
    more = len(lines) - 2 - most if most is not None else 0
    if more <= 0:
        return text
    return '%s\n    ... %d more goroutine%s\n' % (
        '\n'.join(lines[:1 + most]), more, '' if more == 1 else 's')


def _width(title_, values):
    return max([len(title_), *(len(str(value)) for value in values)])


def duration(ns):
    """`850us`, `12ms`, `1.2s`, `3m05s`, `2h10m`; `-` for None."""
    if ns is None:
        return '-'
    if ns < 1000000:
        return '%dus' % (ns // 1000)
    if ns < 1000000000:
        return '%dms' % (ns // 1000000)
    return _seconds(ns // 100000000)


@functools.lru_cache(maxsize=4096)
def _seconds(tenths):
    if tenths < 600:
        return '%d.%ds' % divmod(tenths, 10)
    seconds = tenths // 10
    if seconds < 3600:
        return '%dm%02ds' % divmod(seconds, 60)
    return '%dh%02dm' % divmod(seconds // 60, 60)


def place(p):
    """`function file.c:12`, or the function alone."""
    if p is None:
        return ''
    if p.file is None:
        return p.function or '??'
    return '%s %s:%d' % (p.function or '??', p.file, p.line)


@functools.lru_cache(maxsize=4096)
def where(p, most=WHERE_MOST):
    """The same for the table: of a long function the end is left out."""
    if p is None or len(place(p)) <= most:
        return place(p)
    function = p.function or '??'
    line = place(p)[len(function):]
    room = max(most - len(line) - len('...'), FUNCTION_LEAST)
    if len(function) <= room:
        return place(p)
    return '%s...%s' % (function[:room], line)


def title(id_, name):
    """`goroutine 3 "walker"`."""
    return 'goroutine %d "%s"' % (id_, name) if name else 'goroutine %d' % id_


def state(state_, thread, wait):
    """`waiting, chan send 0x7f0000010000, 1.2s`, `running, thread 4242`.

    WAIT is a Wait, or None in one that does not.
    """
    if thread is not None:
        return '%s, thread %d' % (state_, thread)
    text = state_
    if wait is None:
        return text
    if wait.reason:
        text += ', %s' % wait.reason
    if wait.object:
        text += ' 0x%x' % wait.object
    if wait.since is not None:
        text += ', %s' % duration(wait.since)
    return text


def found(id_, what, text):
    """A match of `goroutine find`: `Goroutine 2 has name 'walker'`."""
    return "Goroutine %d %s '%s'" % (id_, what, text)


def absent(a, incomplete):
    """What is said of an analyse.Absent; INCOMPLETE: the list could not be
    read to its end."""
    if a.more:
        return 'Nor are %d more of goroutines %d-%d there.' % (
            a.more, a.first, a.last)
    if a.first == a.last:
        return ('Goroutine %d is not in what can be read of the list.'
                if incomplete else 'There is no goroutine %d.') % a.first
    return ('Goroutines %d-%d are not in what can be read of the list.'
            if incomplete else 'There are no goroutines %d-%d.') % (a.first,
                                                                    a.last)


def heading(title_, state_):
    """What stands above a goroutine's stack."""
    return '%s [%s]:\n' % (title_, state_)


DEADLOCK = 'all goroutines are asleep: deadlock'     # as the program says


def starts(title_, p):
    """What a catchpoint tells: a goroutine that begins with the Place P."""
    return '%s starts, with %s' % (title_, place(p))


def ends(title_):
    """The same of one that ends."""
    return '%s ends' % title_


def blocks(title_, reason, object_):
    """The same of one that is about to wait."""
    return '%s blocks: %s' % (title_, state(reason, None,
                                            Wait('', object_, None)))


def wakes(title_):
    """What is told of one that waits no more."""
    return '\n%s%s wakes' % (title_[0].upper(), title_[1:])


def grows(title_, bytes_):
    """The same of one to which its BYTES_ of stack are not enough."""
    return '%s needs more than its %d bytes of stack' % (title_, bytes_)


def machine(id_, thread):
    """One M in a line."""
    return 'machine %d (thread %d)' % (id_, thread)


def segment(low, end, boundary):
    """One segment in a line."""
    grown = ', grown at 0x%x' % boundary if boundary else ', first'
    return 'segment 0x%x-0x%x%s' % (low, end, grown)


def channel(count, capacity, element, closed, receivers, senders):
    """One channel in a line."""
    text = 'channel of %d-byte elements, %d of %d' % (element, count,
                                                      capacity)
    if closed:
        text += ', closed'
    return text + _counted(receivers, 'receiving') + _counted(senders,
                                                              'sending')


def _counted(many, do):
    """`, 2 waiting`, or nothing."""
    if not many.count:
        return ''
    return ', %d%s %s' % (many.count, ' or more' if many.more else '', do)


def shared(word, who, waiting):
    """A mutex or another object that goroutines wait for, in a line."""
    text = (who + _counted(waiting, 'waiting')).lstrip(', ')
    return '%s: %s' % (word, text or 'nobody waits')


def readers(count):
    """Who has an rwlock."""
    return '%d reader%s it' % (count, ' has' if count == 1 else 's have')


def segments(title_, bytes_, kept, numbered, growers):
    """The chain of one goroutine, of whose BYTES_ so many are KEPT.

    NUMBERED is [(number, segment, sp)] newest first, sp None where unknown;
    GROWERS the Place of each, None in the first.
    """
    count = len(numbered)
    width = _width('', (s.end - s.low for _, s, _ in numbered))
    lines = ['%s: %d segment%s, %d bytes%s\n'
             % (title_, count, '' if count == 1 else 's', bytes_,
                ', %d of them kept' % kept if kept else '')]
    for (number, segment, sp), grower in zip(numbered, growers):
        lines.append(_segment(number, segment, sp, width, grower))
    return ''.join(lines)


def _segment(number, s, sp, width, grower):
    inside = sp is not None and s.low <= sp <= s.end
    line = '%3d  0x%x-0x%x  %*s of %*d used  ' % (
        number, s.low, s.end, width, s.end - sp if inside else '-',
        width, s.end - s.low)
    return line + (where(grower, LINE - len(line)) or 'first') + '\n'
