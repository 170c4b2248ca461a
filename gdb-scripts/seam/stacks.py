# SPDX-License-Identifier: BSD-2-Clause
"""Whole stacks of all goroutines, and who has the same: what the inspector is
asked, where that is missing.

gdb needs a millisecond for a stack. So it tells only what the first one with
the same return addresses reads like; these are found without it (cfi.py).
"""

import gdb

from . import (backtraces, cfi, grouping, render, render_groups, selection,
               target)


def grouped(view, goroutines, key, most):
    """The text of the groups of GOROUTINES by KEY, of their stacks MOST frames
    (None: all); changes nothing."""
    stacks = _Stacks(view)
    common_of = {'stack': stacks.of,
                 'top': lambda g: render.place(view.place(g)) or '-',
                 'function': lambda g: _function(view.place(g)),
                 'creator': stacks.creator,
                 'state': lambda g: g.state,
                 'reason': lambda g: g.reason or '-',
                 'name': lambda g: g.name or '-',
                 'thread': view.thread_word}[key]
    # The newest first: so their stacks are read.
    with selection.kept():
        common = {g.id: common_of(g) for g in reversed(goroutines)}
    found = grouping.groups(goroutines, lambda g: common[g.id], view.elapsed)
    return render_groups.groups(found, key, most)


def _function(place):
    return (place.function or '??') if place else '-'


class _Stacks:
    """How the goroutines of a View.view stand."""

    def __init__(self, view):
        self._view = view
        self._memory = view.memory
        self._rows = cfi.Rows(target.bytes_at, *target.program_headers())
        self._known = {}    # by pcs
        self._creators = {}

    def of(self, goroutine):
        """(lines, why the stack ends there or ''); changes the selection."""
        pcs = None
        if not goroutine.running and goroutine.segments:
            newest = goroutine.segments[0]
            if newest.low <= goroutine.sp < newest.end:
                pcs = cfi.pcs(self._memory, self._rows, goroutine.pc,
                              goroutine.sp)
        if pcs is None:
            return self._ask(goroutine)
        # What one that has not begun will call is not on its stack.
        key = pcs, goroutine.entry if len(pcs) < 3 else 0
        if key not in self._known:
            self._known[key] = self._ask(goroutine)
        return self._known[key]

    def _ask(self, goroutine):
        try:
            self._view.select(goroutine)
        except gdb.GdbError as error:
            return (), str(error)
        lines, why = backtraces.lines()
        return tuple(render_groups.line(*line) for line in lines), why or ''

    def creator(self, goroutine):
        """Where it was created, as a label."""
        at = goroutine.creator
        if at not in self._creators:
            place = target.place(at - 1) if at else None
            self._creators[at] = render.place(place) or '-'
        return self._creators[at]
