# SPDX-License-Identifier: BSD-2-Clause
"""Everything that gdb is told about, once a session."""

from . import (asking, backtraces, commands, functions, printers, selection,
               settings, stepping, stop, unwind)

_done = []


def once():
    """Install, unless it has been done."""
    if _done:
        return
    unwind.install()
    backtraces.install()
    printers.install()
    settings.install()
    commands.install()
    asking.install()
    functions.install()
    selection.install()
    stop.install()
    stepping.install()
    _done.append(True)
