# SPDX-License-Identifier: BSD-2-Clause
"""goroutine until ID wakes."""

import re

import gdb

from . import amid, render, selection, target, unwind, view
from .command import Command
from .following import Back


def _awake():
    """Stops where a goroutine goes on that is parked now and grafted on."""
    first = unwind.first_grafted() or gdb.newest_frame()
    sp, pc = unwind.stand(unwind.caller(first))
    return Back(pc, sp)


class GoroutineUntil(Command):
    """Go on until a goroutine that waits does so no more.
Usage: goroutine until ID wakes

The program stops when that goroutine runs again, on whichever thread, where
it called for what it waited for; or before, as for any other reason.
One that does not wait is refused, also if it is yet to run."""

    def __init__(self):
        super().__init__('goroutine until', gdb.COMMAND_RUNNING)

    def words(self, text, word):
        behind = re.match(r'\s*\d+\s+(.*)', text)
        if behind:
            return ['wakes'] if 'wakes'.startswith(behind.group(1)) else []
        return view.complete_ids(word, lambda goroutine: goroutine.waiting)

    def run(self, argument, from_tty):
        words = argument.split()
        if len(words) != 2 or not 'wakes'.startswith(words[1]):
            raise gdb.GdbError('Argument required (ID wakes).')
        now = view.View()
        goroutine = now.find(words[0])
        if not target.can_run():
            raise gdb.GdbError("You can't do that without a process to debug.")
        if not goroutine.waiting:
            raise gdb.GdbError('Goroutine %d does not wait: it is %s.'
                               % (goroutine.id, goroutine.state))
        with selection.kept():
            now.select(goroutine)
            awake = _awake()

        def end():
            if awake.is_valid():
                gdb.events.stop.disconnect(stopped)
                awake.delete()

        def stopped(event):
            if awake in amid.hits(event):
                end()       # the user's commands may let the program go on
                selection.select_frame(unwind.code())
                print(render.wakes(title))
                amid.execute('frame')

        title = render.title(goroutine.id, goroutine.name)
        gdb.events.stop.connect(stopped)
        try:
            gdb.execute('continue', from_tty)
        finally:
            end()


def install():
    """Make the command known to gdb. Again replaces it."""
    GoroutineUntil()
