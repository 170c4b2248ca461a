# SPDX-License-Identifier: BSD-2-Clause
"""`goroutine apply ... bt` of many: gdb walks and prints the stacks of some,
and the others that came the same way have that text, with their own values,
which the inspector tells.

The text is gdb's, byte for byte: where anything is not as alike.py has it, and
wherever gdb would print otherwise than it does into a string, gdb does it all.
But for the colours, and where lines are broken, if there are very many: then
nobody is to wait for these.
"""

import functools
import os
import re
import sys
from collections import Counter

import gdb

from . import alike, asking, backtraces, selection, settings

# From so many goroutines on that do not run, the inspector is asked.
MANY = 50

# From so many on the text has no colours, and lines are as long as they are.
CROWD = 500

# About so many at once: for the first ones nobody waits long, and of those that
# follow only so many are in memory.
FIRST, MOST = 1000, 10000

# With a count gdb does not walk up whole stacks, as the inspector does: so many
# bytes of stack may a goroutine have, on the average.
SHALLOW = 1 << 16

# Stacks alike at the least, or there is nothing to be gained.
ALIKE = 4

_BACKTRACE = (r'(bt|whe(?:re?)?|ba(?:c(?:k(?:t(?:r(?:a(?:ce?)?)?)?)?)?)?)'
              r'(?:\s+([1-9][0-9]{0,8}))?\s*')
_SCALARS = (gdb.TYPE_CODE_INT, gdb.TYPE_CODE_CHAR, gdb.TYPE_CODE_BOOL,
            gdb.TYPE_CODE_ENUM, gdb.TYPE_CODE_FLT, gdb.TYPE_CODE_PTR)
_REFERENCES = gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF
_PLACED = gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION, gdb.TYPE_CODE_ARRAY

FORMATTED_MOST = 4096   # values of an argument that are kept as text


def begin(command, goroutines):
    """The Backtraces of GOROUTINES that COMMAND prints, or None: gdb is to
    print each."""
    found = re.fullmatch(_BACKTRACE, command)
    parked = [g for g in goroutines if not g.running]
    if not found or len(parked) < MANY or not asking.is_there():
        return None
    few = len(parked) < CROWD
    if not _as_usual(found.group(1)) or (few and _is_styled()):
        return None
    count = int(found.group(2) or sys.maxsize)
    if found.group(2) and sum(g.bytes for g in parked) > SHALLOW * len(parked):
        return None
    width = gdb.parameter('width') if few else None
    return Backtraces(command, count, width, parked)


def _as_usual(word):
    """Whether gdb's own command of that name prints as alike.py has it."""
    return (gdb.parameter('print frame-arguments') in ('scalars', 'all')
            and gdb.parameter('print entry-values') == 'default'
            and not gdb.parameter('print raw-frame-arguments')
            and not _others_take_part()
            and not any(map(_has_own, (
                word, 'hook-backtrace', 'hookpost-backtrace'))))


def _has_own(name):
    """Whether the user has defined a command NAME, or may have: gdb takes the
    beginning of another's name for it."""
    try:
        gdb.execute('show user ' + name, to_string=True)
    except gdb.error:
        return False
    return True


def _is_styled():
    """Whether gdb may print in colours, of which a string has none."""
    return (gdb.parameter('style enabled') and os.isatty(1)
            and os.environ.get('TERM', 'dumb') != 'dumb')


def _others_take_part():
    """Whether others than us see to frames or how they read."""
    places = [gdb, gdb.current_progspace(), *gdb.objfiles()]
    filters = [f for place in places for f in place.frame_filters.values()]
    unwinders = [u for place in places for u in place.frame_unwinders]
    return any(one.enabled and not type(one).__module__.startswith(
        __package__ + '.') for one in filters + unwinders)


class Backtraces:
    """Those of GOROUTINES, none of which runs: what COMMAND, which shows COUNT
    lines at the most, prints of each, while nothing runs. Those with a line
    that is not shorter than WIDTH, unless that is None or 0, are gdb's."""

    def __init__(self, command, count, width, goroutines):
        self._command, self._count, self._width = command, count, width
        self._to_come = goroutines
        self._ahead = FIRST
        self._moment = selection.moment()
        self._summary = gdb.parameter('print frame-arguments') == 'scalars'
        self._stacks = {}
        self._groups = {}

    def text(self, goroutine, select):
        """What is printed of GOROUTINE, or None: it is not known. SELECT()
        selects it."""
        stack = self._stack_of(goroutine)
        if stack is None:
            return None
        group = self._groups.get((stack.key, goroutine.entry))
        if group is None:
            return None
        text = group.text(stack)
        if text is None and group.wants():
            text = self._printed(stack, group, select)
        return text if text is not None and self._fits(text) else None

    def _fits(self, text):
        """Whether gdb would not break its lines."""
        return not self._width or (text.isascii() and '\t' not in text and max(
            map(len, text.split('\n'))) < self._width)

    def _stack_of(self, goroutine):
        if self._moment != selection.moment() or goroutine.running:
            return None
        while self._to_come and goroutine.id not in self._stacks \
                and self._to_come[0].id <= goroutine.id:
            self._ask()
        return None if goroutine.notes else self._stacks.get(goroutine.id)

    def _ask(self):
        """About the next so many."""
        now, self._to_come = (self._to_come[:self._ahead],
                              self._to_come[self._ahead:])
        self._ahead = MOST
        answer = asking.stacks(now, settings.runtime_frames())
        self._stacks = alike.stacks(answer) if answer else {}
        entries = {g.id: g.entry for g in now}
        counts = Counter((stack.key, entries[id_])
                         for id_, stack in self._stacks.items())
        self._groups = {key: alike.Group() for key, count in counts.items()
                        if count >= ALIKE}

    def _printed(self, stack, group, select):
        """What gdb prints, of which GROUP is told, or None."""
        try:
            select()
            text = gdb.execute(self._command, False, True)
        except (gdb.error, UnicodeError):
            return None
        group.compare(text, stack, lambda: self._template(text, stack))
        return text or None

    def _template(self, text, stack):
        """Of the goroutine that is selected."""
        try:
            lines = backtraces.shown(self._count)
        except (gdb.error, gdb.MemoryError) as error:
            raise alike.Mismatch from error
        if None in lines:
            raise alike.Mismatch
        show = [[_shower(symbol.type, self._summary) for symbol in symbols]
                for _, symbols in lines]
        return alike.Template(
            text, stack, [shown for shown, _ in lines],
            lambda line, nth, digits, entry: show[line][nth](digits, entry))


def _shower(type_, summary):
    """How a value of TYPE_, in hexadecimal, is shown. Values that are the same
    read the same, while nothing runs: what pointers lead to stays as it is, and
    types with a printer of the user's, which may look at anything, are not
    shown."""
    plain = type_.strip_typedefs()

    @functools.lru_cache(FORMATTED_MOST)
    def show(digits, entry):
        # On entry, gdb also asks the caller what a reference led to.
        if entry and plain.code in _REFERENCES:
            raise alike.Mismatch
        try:
            return _show(type_, plain, summary, bytes.fromhex(digits))
        except (gdb.error, gdb.MemoryError, ValueError) as error:
            raise alike.Mismatch from error
    return show


def _show(type_, plain, summary, data):
    if plain.code in _PLACED:
        if not summary:
            raise alike.Mismatch
        # No byte of it is shown.
        data = data.ljust(type_.sizeof, b'\0')
    elif plain.code not in _SCALARS + _REFERENCES:
        raise alike.Mismatch
    value = gdb.Value(data, type_)
    if _has_printer(value, plain):
        raise alike.Mismatch
    return value.format_string(summary=summary, deref_refs=True)


def _has_printer(value, plain):
    if gdb.default_visualizer(value) is not None:
        return True
    return (plain.code in _REFERENCES and
            gdb.default_visualizer(value.referenced_value()) is not None)
