# SPDX-License-Identifier: BSD-2-Clause
"""In gdb: both COMMAND runs it with the inspector and without, and says
`same, N lines, A of B`: so many backtraces gdb has made itself; or what
differs."""
import difflib
import os
import re

import gdb
from seam import backtraces

# How long ago something was.
AGO = re.compile(r', [0-9a-z.]+\]:$', re.MULTILINE)

_filter, made = backtraces._Filter.filter, []


def _counted(self, frames):
    made.append(self)
    return _filter(self, frames)


backtraces._Filter.filter = _counted


class Both(gdb.Command):
    """Compare what a command prints with the inspector and without."""

    def __init__(self):
        super().__init__('both', gdb.COMMAND_USER)

    def invoke(self, argument, from_tty):
        asked, by_asking = _done(os.environ['SEAM'], argument)
        alone, by_itself = _done('none', argument)
        if asked == alone:
            print('same, %d lines, %d of %d'
                  % (len(alone), by_asking, by_itself))
        for line in difflib.unified_diff(alone, asked, lineterm='', n=0):
            print(line)


def _done(inspector, command):
    gdb.execute('set seam inspector ' + inspector)
    made.clear()
    try:
        text = gdb.execute(command, False, True)
    except gdb.error as error:
        text = 'error: %s' % error
    return AGO.sub(']:', text).splitlines(), len(made)


Both()
