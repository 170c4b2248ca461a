# SPDX-License-Identifier: BSD-2-Clause
"""Everything that gdb is told about, once a session."""

from . import (asking, backtraces, breaking, catching, commands, following,
               functions, printers, selection, settings, stepping, stop,
               target, unwind, waking)

_done = []


def once():
    """Install, unless it has been done."""
    if _done:
        return
    target.nouns()      # without them nothing is to be begun
    target.install()
    unwind.install()
    backtraces.install()
    printers.install()
    settings.install()
    commands.install()
    asking.install()
    functions.install()
    waking.install()
    selection.install()
    stop.install()
    stepping.install()
    following.install()
    catching.install()  # last: what others do at a stop selects other frames
    breaking.install()
    _done.append(True)
