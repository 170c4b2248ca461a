# SPDX-License-Identifier: BSD-2-Clause
"""Everything that gdb is told about, once a session."""

from . import (commands, functions, printers, selection, stepping,
               unwind)

_done = []


def once():
    """Install, unless it has been done."""
    if _done:
        return
    unwind.install()
    printers.install()
    commands.install()
    functions.install()
    selection.install()
    stepping.install()
    _done.append(True)
