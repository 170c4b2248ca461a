# SPDX-License-Identifier: BSD-2-Clause
"""Loads the commands for goroutines into gdb: source seam-gdb.py

A program that has the runtime linked in names this file in its
.debug_gdb_scripts section, so that gdb loads it by itself where it is
installed. Loading it again does nothing.
"""

import os
import sys

import gdb


def _load():
    if int(gdb.VERSION.split('.')[0]) < 13:
        raise gdb.GdbError('seam-gdb.py needs gdb 13 or newer; this is %s.'
                           % gdb.VERSION)
    here = os.path.dirname(os.path.realpath(__file__))
    if here not in sys.path:
        sys.path.insert(0, here)
    import seam.later
    seam.later.arrange(seam)
    import seam.install
    seam.install.once()


_load()
