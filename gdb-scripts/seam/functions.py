# SPDX-License-Identifier: BSD-2-Clause
"""Convenience functions over goroutines, for expressions and conditions."""

import gdb

from . import analyse, selection, target
from .model import Unreadable
from .view import View


class _Function(gdb.Function):
    """Errors of the target are gdb's own. A subclass has value()."""

    def __init__(self):
        super().__init__(self.name)

    def invoke(self, *arguments):
        try:
            return self.value(View(stopped=True), *arguments)
        except (Unreadable, ValueError) as error:
            raise gdb.GdbError(str(error)) from None


class Current(_Function):
    """The id of the goroutine that is selected, 0 if there is none.
Usage: $_goroutine ()"""

    name = '_goroutine'

    def value(self, view):
        current = view.current()
        return current.id if current else 0


class Count(_Function):
    """How many goroutines there are.
Usage: $_gcount ()"""

    name = '_gcount'

    def value(self, view):
        return len(view.snapshot.goroutines)


class State(_Function):
    """The state of a goroutine, as a string: "waiting", "runnable", ...
Usage: $_gstate (ID)

As in: break LOCATION if $_streq ($_gstate (2), "waiting")"""

    name = '_gstate'

    def value(self, view, id_):
        return view.find(str(id_)).state


class _Register(_Function):
    """A subclass has the register, and the field of one that is parked."""

    def value(self, view, id_):
        goroutine = view.find(str(id_))
        with selection.kept():
            view.select(goroutine)
            if selection.parked() is None:
                return gdb.newest_frame().read_register(self.register)
        return target.word(getattr(goroutine, self.field))


class Pc(_Register):
    """Where a goroutine is, or, if it is parked, goes on.
Usage: $_gpc (ID)"""

    name, register, field = '_gpc', 'rip', 'pc'


class Sp(_Register):
    """The stack pointer of a goroutine, or, if it is parked, what it was.
Usage: $_gsp (ID)"""

    name, register, field = '_gsp', 'rsp', 'sp'


class WaitingOn(_Function):
    """The address of what a goroutine waits on, 0 if there is nothing.
Usage: $_waiting_on (ID)"""

    name = '_waiting_on'

    def value(self, view, id_):
        return target.word(view.find(str(id_)).object)


class InGoroutine(_Function):
    """Whether a function of a goroutine's backtrace matches.
Usage: $_in_goroutine (ID, REGEXP)"""

    name = '_in_goroutine'

    def value(self, view, id_, regexp):
        goroutine = view.find(str(id_))
        wanted = analyse.pattern(regexp.string())
        with selection.kept():
            return any(wanted.search(name)
                       for name in view.functions(goroutine))


def install():
    """Make the functions known to gdb. Again replaces them."""
    for function in (Current, Count, State, Pc, Sp, WaitingOn, InGoroutine):
        function()
