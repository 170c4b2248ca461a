# SPDX-License-Identifier: BSD-2-Clause
"""The goroutine that the selected thread runs, found without the others: for
what is asked each time that a program stops."""

import gdb

from . import naming, read, target, unwind


def reader():
    """A read.Reader of the selected inferior as it is now."""
    return read.Reader(target.memory(), target.runtime_layout())


def running():
    """The Goroutine that the selected thread runs, or None."""
    found = reader().running()
    naming.apply(g for _, g in found)
    number = target.inner_id(gdb.selected_thread())
    here = next((g for thread, g in found if thread == number), None)
    if here is not None or target.is_live():
        return here
    # A core, or a process elsewhere, may have other numbers.
    return next((g for _, g in found if unwind.sp_of([g]) is not None), None)
