# SPDX-License-Identifier: BSD-2-Clause
"""goroutine break, goroutine tbreak.

gdb lets no script add a word to its "break", and keeps nothing of a command
that a script defines anew: so these are commands of their own, which run
gdb's with a condition.
"""

import re

import gdb

from . import view
from .command import Command, complete_command

# What a location is made of, up to its condition.
_LOCATION = r'''((?:"[^"]*"|'[^']*'|(?!\bif\b)\w+|[^\w"'])*)'''


class _Break(Command):
    """A subclass has WHAT, gdb's command."""

    def __init__(self):
        super().__init__('goroutine ' + self.what, gdb.COMMAND_BREAKPOINTS)

    def words(self, text, word):
        location = re.match(r'\s*\d+\s+(.*)', text)
        if location:
            return complete_command('break ' + location.group(1), word)
        return view.complete_ids(word)

    def run(self, argument, from_tty):
        id_, *rest = argument.split(None, 1)[:2] or ['']
        gdb.execute('%s %s' % (self.what, _restricted(
            _checked(id_), rest[0] if rest else '')), from_tty)


class Break(_Break):
    """Set a breakpoint at which one goroutine stops.
Usage: goroutine break ID [LOCATION] [if CONDITION]

It does so on whichever thread it runs, and may be one that is yet to start:
then ID is greater than all that there are.  LOCATION is what "break" takes."""

    what = 'break'


class TemporaryBreak(_Break):
    """Set a temporary breakpoint for one goroutine.
Usage: goroutine tbreak ID [LOCATION] [if CONDITION]

Like "goroutine break", but the breakpoint is deleted when it is hit."""

    what = 'tbreak'


def _checked(word):
    """The id that WORD is. A program that has not begun may come to have any."""
    word = view.id_in(word)
    if not re.fullmatch('[1-9][0-9]{0,18}', word):
        raise gdb.GdbError('Invalid goroutine ID: %s' % word if word else
                           'Argument required (a goroutine ID).')
    if gdb.selected_thread() is not None:
        now = view.View()
        if int(word) <= max(now.snapshot.by_id, default=0):
            now.find(word)
    return word


def _restricted(id_, text):
    """TEXT, a location and perhaps a condition, with that on the goroutine."""
    location = re.match(_LOCATION, text).group(1)
    if_, condition = text[len(location):][:2], text[len(location):][2:].strip()
    if if_ not in ('', 'if'):
        raise gdb.GdbError('unmatched quote')
    if if_ and not condition:
        raise gdb.GdbError('Argument required (a condition).')
    only = '%s if $_goroutine() == %s' % (location.strip(), id_)
    return '%s && (%s)' % (only, condition) if condition else only


def install():
    """Make the commands known to gdb. Again replaces them."""
    Break()
    TemporaryBreak()
